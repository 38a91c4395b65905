/**
 * The one description of a board profile: the TypeScript types and `boards/profile.schema.json` come from it.
 *
 * A profile is data only. What needs more than one value to judge (overlaps, wiring) is in `profile-lint.ts`.
 */
import { z } from "zod";
import type { JsonPath } from "./json-source.ts";

const units: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };
const quantityPattern = /^(0x[0-9a-fA-F]{1,8}|\d{1,10})([KMG]?)$/;

/** The number a text such as `96M`, `4K`, `0x101f1000` or `4096` stands for; `undefined` when it is none. */
export function parseQuantity(text: string): number | undefined {
  const match = quantityPattern.exec(text);
  return match === null ? undefined : Number(match[1]) * units[match[2]];
}

const quantity = (expected: string) =>
  z
    .union(
      [
        z.int().nonnegative({ error: `expected ${expected}` }),
        z.string().regex(quantityPattern, { error: `expected ${expected}` }),
      ],
      {
        error: `expected ${expected}`,
      },
    )
    .transform((value) => (typeof value === "number" ? value : (parseQuantity(value) ?? 0)));

const ADDRESS_SPACE = 2 ** 32;

const address = quantity('an address such as "0x101f1000" or 4096').refine((value) => value < ADDRESS_SPACE, {
  error: "expected an address below 4 GiB",
});
const size = quantity('a size such as "96M", "4K", "0x1000" or 4096').refine(
  (value) => value > 0 && value <= ADDRESS_SPACE,
  { error: "expected a size of 1 byte to 4 GiB" },
);

const name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,30}$/, { error: "expected a name of letters, digits, _ and -, at most 31 long" });

/** A regular expression in JavaScript's syntax. */
const pattern = z
  .string()
  .min(1)
  .meta({ format: "regex", description: "Regular expression matched against what the guest's console printed." });

const wireForms = 'expected a wire such as "pic:12", "cpu:irq" or {"to": "pic", "line": 12}';

const wire = z
  .union(
    [
      z.string().regex(/^(cpu:(irq|fiq)|[A-Za-z][A-Za-z0-9_-]*:\d{1,4})$/, { error: wireForms }),
      z.strictObject({
        to: name,
        line: z.union([z.int().min(0).max(9999), z.enum(["irq", "fiq"])]),
        shared: z
          .boolean()
          .optional()
          .meta({ description: "Others that say so too drive the same line: it is high when one of them is." }),
      }),
    ],
    { error: wireForms },
  )
  .transform((value): Wire => {
    if (typeof value !== "string") return value;
    const [to, line] = value.split(":");
    return { to, line: line === "irq" || line === "fiq" ? line : Number(line) };
  });

/** Where an output of a device leads: an input line of an interrupt controller, or a pin of the CPU. */
export interface Wire {
  to: string;
  line: number | "irq" | "fiq";
  /** Several outputs drive the line, each of them marked so. */
  shared?: boolean;
}

const region = z
  .strictObject({
    name,
    address,
    size: size.optional().meta({ description: "Left out in the region that has the guest's memory size." }),
    type: z.enum(["alloced_ram", "alloced_rom", "ram", "rom"]).meta({
      description:
        "As Xvisor's device_type: alloced_* takes free host RAM, ram and rom reserve the same address of it.",
    }),
    alignOrder: z.int().min(12).max(30).default(12).meta({ description: "Aligned to 2^alignOrder bytes." }),
  })
  .meta({ description: "A piece of guest memory." });

const device = z
  .strictObject({
    name,
    model: z.string().min(1).meta({ description: "Name of a device model, such as pl011 or zero." }),
    address,
    size,
    irqs: z
      .array(wire)
      .max(64)
      .default([])
      .meta({ description: "Where each interrupt output leads, in the model's order." }),
    serial: z.boolean().default(false).meta({ description: "Its characters appear on the console as a vserial." }),
    options: z.record(z.string(), z.unknown()).default({}).meta({ description: "Settings of the device model." }),
  })
  .transform(({ size: sizeBytes, ...rest }) => ({ ...rest, sizeBytes }))
  .meta({ description: "A device on the guest's bus." });

const cpu = z.strictObject({
  model: z.enum(["arm926ej-s", "arm1176jzf-s"]),
  nsPerInstruction: z.int().min(1).max(1000).default(5).meta({
    description: "Virtual time that one instruction takes; 5 is a core of 200 MIPS.",
  }),
});

const images = z
  .strictObject({
    kernel: z.string().min(1),
    deviceTree: z.string().min(1),
    initrd: z.string().min(1).optional(),
    overlays: z
      .array(z.string().min(1))
      .max(16)
      .optional()
      .meta({ description: "Device tree overlays (.dtbo), merged in this order." }),
  })
  .meta({
    description:
      "A plain name is a file of the board's guest in the cache; one with a slash is a file path from the profile's folder.",
  });

const login = z.string().min(1).max(32).optional().meta({
  description: "A user without a password: typed where the ready pattern is a prompt that asks for one.",
});

const rootfs = z
  .strictObject({
    append: z.string().max(1023).meta({ description: "Words for the kernel command line, root= among them." }),
    readyPattern: pattern,
    login,
    shellPrompt: pattern,
  })
  .meta({ description: "What is different when the guest goes on from its initrd to this root file system." });

const boot = z
  .strictObject({
    images,
    commandLine: z.string().max(1023).meta({ description: "Kernel command line; lpj= is added when it has none." }),
    kernelAddress: address,
    deviceTreeAddress: address.optional().meta({ description: "Left out: above the initrd." }),
    initrdAddress: address.optional().meta({ description: "Left out: high in guest RAM." }),
    memorySize: size.optional().meta({
      description:
        "So much of the guest's memory is the kernel's, from its start; left out: all. The rest is the firmware's.",
    }),
    machineId: z.int().nonnegative().meta({ description: "ARM machine number, in r1 when the kernel starts." }),
    serialNumber: z
      .string()
      .regex(/^[0-9a-f]{16}$/, { error: "expected a serial number of 16 hexadecimal digits" })
      .optional()
      .meta({
        description: "Of the board; the loader puts it, and the Ethernet address made of it, into the device tree.",
      }),
    kernelHz: z.int().min(10).max(1000).default(100).meta({ description: "CONFIG_HZ of the kernel, for lpj=." }),
    readyPattern: pattern,
    login,
    shellPrompt: pattern,
    rootfs: z
      .record(name, rootfs)
      .default({})
      .meta({ description: "By name: the root file systems that --rootfs puts on the board's first disk." }),
  })
  .transform(({ memorySize: memorySizeBytes, ...rest }) => ({ ...rest, memorySizeBytes }));

const profileSchema = z
  .strictObject({
    $schema: z.string().optional(),
    name,
    description: z.string().default(""),
    cpu,
    host: z
      .strictObject({ name: z.string().min(1), ramSize: size })
      .transform((host) => ({ name: host.name, ramSizeBytes: host.ramSize }))
      .meta({ description: "The board that the hypervisor itself runs on." }),
    guest: z
      .strictObject({ name, memory: size })
      .transform((guest) => ({ name: guest.name, memorySizeBytes: guest.memory })),
    regions: z.array(region).min(1),
    devices: z.array(device).max(256),
    boot,
  })
  .transform(({ $schema: _schema, regions, ...profile }) => ({
    ...profile,
    regions: regions.map(({ size: own, ...rest }) => ({ ...rest, sizeBytes: own ?? profile.guest.memorySizeBytes })),
  }));

/** A board, as the machine builder reads it; all sizes in bytes. */
export type Profile = z.output<typeof profileSchema>;
export type ProfileRegion = Profile["regions"][number];
export type ProfileDevice = Profile["devices"][number];

/** The outcome of checking a value against the schema. */
export const checkShape = (value: unknown): z.ZodSafeParseResult<Profile> =>
  profileSchema.safeParse(value, { reportInput: true });

/** The schema as JSON Schema (draft 2020-12), the content of `boards/profile.schema.json`. */
export function profileJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(profileSchema, { target: "draft-2020-12", io: "input" });
  return {
    ...schema,
    title: "Komainu board profile",
    description: "A board for Komainu: CPU, memory, devices, wiring, guest images.",
  };
}

/** The member names that the schema knows at `path`; for hints. */
export function profileMembersAt(path: JsonPath): string[] {
  let node: JsonSchemaNode | undefined = profileJsonSchema();
  for (const part of path) node = typeof part === "number" ? node?.items : node?.properties?.[part];
  return Object.keys(node?.properties ?? {});
}

interface JsonSchemaNode {
  items?: JsonSchemaNode;
  properties?: Record<string, JsonSchemaNode>;
}
