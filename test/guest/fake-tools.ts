/** A search path that holds only fakes of the build's slow tools, and a tiny "kernel source", for tests of the build. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { findTool } from "../../src/guest/tools.ts";

export interface FakeTools {
  root: string;
  env: NodeJS.ProcessEnv;
  cacheDir: string;
  boardsFolder: string;
  sourceArchive: string;
  /** What the fake compilation does: `good`, `bad` (a compile error at the end of 50 lines), `hang`. */
  setMake(mode: "good" | "bad" | "hang"): void;
  /** Each run of a fake, oldest first: `make zImage`, `apt-get download`, ... */
  calls(): string[];
  remove(tool: string): void;
}

const REAL = ["sed", "grep", "sh", "tar", "xz", "gzip", "mkdir", "cp", "cat", "sleep"];

const scripts = (root: string): Record<string, string> => ({
  "apt-get": `
    for last; do :; done
    case " $* " in *" indextargets "*) last=indextargets ;; esac
    echo "apt-get $last" >> ${root}/calls
    for word; do case $word in */apt.conf) sed -n 's/^Dir::Etc::sourcelist "\\(.*\\)";/\\1/p' "$word" | while read -r list; do grep '^deb ' "$list" | sed 's/.*\\(http[^ ]*\\) /source \\1 /' > ${root}/source; done ;; esac; done
    case " $* " in
      *" indextargets "*) echo "http://archive.example/debian/ bookworm Debian main"; exit ;;
      *" --simulate "*)
        echo "Inst zlib1g (1:1.2.13 Debian:12.0/stable [armel])"
        echo "Inst base-files [12.3] (12.4 Debian:12.0/stable [armel]) []"
        echo "Inst tzdata (2024a-0 Debian:12.0/stable [all])"
        echo "Conf tzdata (2024a-0 Debian:12.0/stable [all])"
        exit ;;
      *" --download-only "*)
        for word; do case $word in Dir::Cache::archives=*) folder=\${word#*=} ;; esac; done
        for file in zlib1g_1%3a1.2.13_armel base-files_12.4_armel tzdata_2024a-0_all; do
          echo "Get:1 $file"
          [ -e "$folder/$file.deb" ] || { echo "$file" > "$folder/$file.deb"; echo "fetched $file" >> ${root}/calls; }
        done
        exit ;;
    esac
    case "$last" in
      busybox-static) echo deb > busybox-static_1.0_armel.deb ;;
      linux-image-rpi) cp ${root}/metapackage linux-image-rpi_6.1.99-1_armel.deb ;;
      linux-image-6*) package=\${last%=*}; echo deb > \${package}_1%3a\${last#*=1:}_armel.deb ;;
    esac`,
  "dpkg-deb": `
    case "$1 $3" in
      "--field Depends") cat "$2" ;;
      "--field Version") case "$2" in *linux-image*) echo 1:6.1.99-1 ;; *) echo 1.0 ;; esac ;;
      --fsys-tarfile*) tar -cf - -C ${root}/package . ;;
      --ctrl-tarfile*) echo "$1 of $2" ;;
      --extract*)
        case "$2" in
          *linux-image*) cp -r ${root}/kernel-package/. "$3" ;;
          *) mkdir -p "$3/bin"; cp ${root}/busybox "$3/bin/busybox" ;;
        esac ;;
    esac`,
  make: `
    for last; do :; done
    echo "make $last" >> ${root}/calls
    case "$last" in
      versatile_defconfig) echo "# base" > .config ;;
      olddefconfig) : ;;
      versatile-pb.dtb)
        echo "  CC      init/main.o"
        read mode < ${root}/mode
        if [ $mode = hang ]; then sleep 1000 & echo $! > ${root}/sleeper; wait; fi
        if [ $mode = bad ]; then
          i=0; while [ $i -lt 50 ]; do i=$((i+1)); echo "line $i"; done
          echo "fs/open.c:12: error: expected ';'" >&2
          exit 2
        fi
        mkdir -p arch/arm/boot/dts include/config
        echo "image by $KBUILD_BUILD_USER@$KBUILD_BUILD_HOST $KBUILD_BUILD_TIMESTAMP" > arch/arm/boot/Image
        echo zimage > arch/arm/boot/zImage
        echo dtb > arch/arm/boot/dts/versatile-pb.dtb
        echo elf > vmlinux
        echo "c0008000 T _stext" > System.map
        echo 6.1.99 > include/config/kernel.release ;;
    esac`,
  gcc: "echo gcc 1",
  "arm-linux-gnueabi-gcc": "echo cross-gcc 1",
  "arm-linux-gnueabi-ld": "echo cross-ld 1",
  bc: ":",
  bison: ":",
  flex: ":",
  perl: ":",
});

/** The start of a 32-bit ARM ELF executable, long enough to be taken for one. */
export function armElf(): Uint8Array {
  const data = new Uint8Array(64);
  data.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  data[16] = 2;
  data[18] = 40;
  return data;
}

/** A kernel module with nothing in it but what it says of itself, as an ELF file of three sections. */
export function moduleElf(info: readonly string[]): Uint8Array {
  const names = "\0.modinfo\0.shstrtab\0";
  const modinfo = Buffer.from(info.map((text) => `${text}\0`).join(""), "latin1");
  const namesAt = 52 + modinfo.length;
  const headersAt = (namesAt + names.length + 3) & ~3;
  const data = Buffer.alloc(headersAt + 3 * 40);
  data.set(armElf().subarray(0, 52));
  data[16] = 1;
  data.writeUInt32LE(headersAt, 0x20);
  data.writeUInt16LE(40, 0x2e);
  data.writeUInt16LE(3, 0x30);
  data.writeUInt16LE(2, 0x32);
  data.set(modinfo, 52);
  data.write(names, namesAt, "latin1");
  const section = (index: number, nameAt: number, offset: number, sizeBytes: number): void => {
    data.writeUInt32LE(nameAt, headersAt + index * 40);
    data.writeUInt32LE(1, headersAt + index * 40 + 4);
    data.writeUInt32LE(offset, headersAt + index * 40 + 0x10);
    data.writeUInt32LE(sizeBytes, headersAt + index * 40 + 0x14);
  };
  section(1, 1, 52, modinfo.length);
  section(2, 10, namesAt, names.length);
  return new Uint8Array(data);
}

/** The unpacked kernel package of a board that Debian has a kernel for. */
function makeKernelPackage(root: string): void {
  const put = (path: string, data: string | Uint8Array): void => {
    mkdirSync(join(root, "kernel-package", path, ".."), { recursive: true });
    writeFileSync(join(root, "kernel-package", path), data);
  };
  put("boot/vmlinuz-6.1.0-9-rpi", "zimage");
  put("boot/config-6.1.0-9-rpi", "CONFIG_HZ=250\n");
  for (const board of ["b-plus", "zero", "zero-w"])
    put(`usr/lib/linux-image-6.1.0-9-rpi/bcm2835-rpi-${board}.dtb`, `tree of ${board}`);
  const modules = "lib/modules/6.1.0-9-rpi";
  put(`${modules}/modules.builtin`, "kernel/drivers/block/virtio_blk.ko\n");
  put(`${modules}/kernel/drivers/virtio/virtio.ko`, moduleElf(["depends="]));
  put(`${modules}/kernel/drivers/virtio/virtio_mmio.ko`, moduleElf(["alias=of:N*T*Cvirtio,mmio", "depends=virtio"]));
  put(`${modules}/kernel/drivers/usb/other.ko`, moduleElf(["depends="]));
  writeFileSync(join(root, "metapackage"), "linux-base, linux-image-6.1.0-9-rpi (= 1:6.1.99-1)\n");
}

function makeSource(root: string): string {
  const folder = join(root, "linux-source-6.1");
  mkdirSync(folder);
  writeFileSync(join(folder, "Makefile"), "# a kernel\n");
  const archive = join(root, "linux-source-6.1.tar.xz");
  execFileSync("tar", ["-cJf", archive, "-C", root, "linux-source-6.1"]);
  return archive;
}

/** An empty folder for the running test. */
export function givenFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "komainu-guest-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** For the running test; a call in it makes one more, independent set. */
export function makeFakeTools(): FakeTools {
  const root = givenFolder();
  const bin = join(root, "bin");
  const boardsFolder = join(root, "boards");
  for (const folder of [bin, boardsFolder]) mkdirSync(folder);
  for (const [name, script] of Object.entries(scripts(root))) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  for (const name of REAL) {
    const path = findTool(name, process.env.PATH ?? "");
    if (path === undefined) throw new Error(`the tests need ${name}`);
    symlinkSync(path, join(bin, name));
  }
  writeFileSync(join(root, "busybox"), armElf());
  mkdirSync(join(root, "package/bin"), { recursive: true });
  writeFileSync(join(root, "package/bin/busybox"), armElf());
  writeFileSync(join(root, "mode"), "good\n");
  writeFileSync(join(boardsFolder, "versatilepb.config"), "CONFIG_VIRTIO_MMIO=y\n# CONFIG_SOUND is not set\n");
  writeFileSync(join(boardsFolder, "versatilepb.init"), "#!/bin/busybox sh\n");
  writeFileSync(join(boardsFolder, "raspberrypi.init"), "#!/bin/busybox sh\n");
  writeFileSync(join(boardsFolder, "debian.second-stage"), "#!/bin/sh\n");
  makeKernelPackage(root);
  const callsPath = join(root, "calls");
  return {
    root,
    env: { PATH: bin, HOME: root },
    cacheDir: join(root, "cache"),
    boardsFolder,
    sourceArchive: makeSource(root),
    setMake: (mode) => writeFileSync(join(root, "mode"), `${mode}\n`),
    calls: () => (existsSync(callsPath) ? readFileSync(callsPath, "utf8").trim().split("\n") : []),
    remove: (tool) => chmodSync(join(bin, tool), 0o644),
  };
}
