/** `ids banner`: the kernel's version line, compared with the names the running kernel gives itself. */
import type { Kernel } from "../linux/index.ts";
import { BANNER_PATTERN } from "../linux/index.ts";
import type { Check, Observation } from "./check.ts";
import { finding, row } from "./check.ts";

function* run(kernel: Kernel): Generator<Observation> {
  const location = kernel.banner;
  if (!location.known) return;
  const { address, text: before } = location.value;
  const text = kernel.readBanner() ?? "";
  yield row({ banner: text.trimEnd(), address });
  if (text !== before) yield finding("changed", { before: before.trimEnd(), now: text.trimEnd() }, { address });
  const names = kernel.utsname();
  const parts = BANNER_PATTERN.exec(text);
  if (names === undefined || parts === null) return;
  const [, release, version] = parts;
  if (names.release !== release || names.version !== version) {
    const running = `${names.release} ${names.version}`;
    yield finding("other-release", { banner: `${release} ${version}`, running }, { address });
  }
}

export const banner: Check = {
  id: "banner",
  title: "kernel version, compiler and build date",
  severity: "high",
  view: "linux_banner in the kernel's read-only data, init_uts_ns when it is exported",
  needs: ["banner"],
  columns: [
    { name: "banner", heading: "", type: "text" },
    { name: "address", type: "address" },
  ],
  messages: {
    changed: 'the version line was "{before}" and is now "{now}"',
    "other-release": 'the version line says "{banner}", the running kernel calls itself "{running}"',
  },
  run,
};
