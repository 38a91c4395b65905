/** What busy, honest guests do; none of it may raise a finding. */

export interface Disturbance {
  readonly name: string;
  /** Lines for the guest's shell; what is to go on while the checks run is put into the background. */
  readonly lines: readonly string[];
  /** Only the kernel of `tamper.config` has what it uses. */
  readonly needsTamperKernel?: true;
}

const M = "/lib/tamper";
/** For as long as the checks take. */
const forever = (line: string): string => `(while :; do ${line}; done) >/dev/null 2>&1 &`;
const TRACING = "/sys/kernel/debug/tracing";
const MOUNT_TRACING = `mount -t debugfs debugfs /sys/kernel/debug; mount -t tracefs tracefs ${TRACING} 2>/dev/null; true`;

export const disturbances: readonly Disturbance[] = [
  { name: "a driver is loaded", lines: [`insmod ${M}/benign.ko`] },
  { name: "a driver is loaded and removed", lines: [`insmod ${M}/benign.ko`, "cat /proc/benign", "rmmod benign"] },
  { name: "drivers come and go all the time", lines: [forever(`insmod ${M}/benign.ko; rmmod benign`), "sleep 1"] },
  { name: "fork storm", lines: [forever("/bin/true; /bin/true; /bin/true"), "sleep 1"] },
  {
    name: "many processes at once",
    lines: ["for i in $(seq 200); do sleep 1000 & done; sleep 1"],
  },
  {
    name: "processes that are killed",
    lines: [forever("sleep 1000 & sleep 1000 & kill -9 $!; killall sleep"), "sleep 1"],
  },
  { name: "zombies", lines: ["(for i in 1 2 3 4 5; do sleep 0 & done; exec sleep 1000) & sleep 1"] },
  { name: "orphans", lines: ["for i in 1 2 3 4 5; do (sleep 1000 & ) ; done; sleep 1"] },
  { name: "pipelines", lines: [forever("find /sys | sort | uniq | wc -l"), "sleep 1"] },
  {
    name: "mount storm",
    lines: [forever("mount -t tmpfs none /mnt; mount -t proc none /mnt; umount /mnt; umount /mnt"), "sleep 1"],
  },
  {
    name: "files made and removed",
    lines: [forever("mkdir /tmp/d; for i in 1 2 3 4 5; do echo $i >/tmp/d/$i; done; rm -r /tmp/d"), "sleep 1"],
  },
  {
    name: "another user",
    lines: ["for i in 1 2 3; do su -s /bin/sh nobody -c 'sleep 1000 &'; done; sleep 1"],
  },
  {
    name: "setuid programs",
    lines: [
      "cp /bin/busybox /tmp/id && chmod 4755 /tmp/id",
      "su -s /bin/sh nobody -c 'cp /bin/busybox /tmp/sleep; chmod 4711 /tmp/sleep; /tmp/sleep 1000 &'",
      forever("su -s /bin/sh nobody -c /tmp/id"),
      "sleep 1",
    ],
  },
  {
    name: "heavy traffic on the loopback",
    lines: [
      "mkdir -p /tmp/w; dd if=/dev/zero of=/tmp/w/f bs=64k count=16 2>/dev/null; httpd -p 8080 -h /tmp/w",
      forever("wget -q -O /dev/null http://127.0.0.1:8080/f"),
      "sleep 2",
    ],
  },
  { name: "listening sockets", lines: ["for p in $(seq 5000 5020); do nc -l -p $p & done; sleep 1"] },
  { name: "pings", lines: ["ping -i 0.05 127.0.0.1 >/dev/null & sleep 1"] },
  { name: "name spaces", lines: ["unshare -m -u -i -n -p -f sleep 1000 & sleep 1"] },
  {
    name: "chroot",
    lines: ["mkdir -p /tmp/c/bin; cp /bin/busybox /tmp/c/bin; chroot /tmp/c /bin/busybox sleep 1000 & sleep 1"],
  },
  {
    name: "terminals",
    lines: ["setsid getty -n -l /bin/sh 115200 tty1 & sleep 1; stty -a >/dev/null; openvt sleep 1000; true"],
  },
  {
    name: "priorities and times",
    lines: ["nice -n 10 sleep 1000 & renice 5 $!; date -s 2027-01-01 >/dev/null; sleep 1"],
  },
  {
    name: "memory pressure",
    lines: ["dd if=/dev/zero of=/dev/shm/big bs=1M count=40 2>/dev/null; echo 3 >/proc/sys/vm/drop_caches"],
  },
  {
    name: "settings of the kernel",
    lines: ['for f in /proc/sys/kernel/*; do v=$(cat $f 2>/dev/null) && echo "$v" >$f; done 2>/dev/null; true'],
  },
  {
    name: "a kernel's own log and debugging files",
    lines: ["mount -t debugfs debugfs /sys/kernel/debug; find /sys/kernel/debug >/dev/null; dmesg >/dev/null"],
  },
  { name: "kprobes", lines: [`insmod ${M}/benign_probe.ko; sleep 1`], needsTamperKernel: true },
  {
    name: "kprobes that were removed",
    lines: [`insmod ${M}/benign_probe.ko; sleep 1; rmmod benign_probe`],
    needsTamperKernel: true,
  },
  {
    name: "the function tracer",
    lines: [MOUNT_TRACING, `echo function >${TRACING}/current_tracer; sleep 1`],
    needsTamperKernel: true,
  },
  {
    name: "the function tracer, used and stopped",
    lines: [MOUNT_TRACING, `echo function >${TRACING}/current_tracer; sleep 1; echo nop >${TRACING}/current_tracer`],
    needsTamperKernel: true,
  },
  {
    name: "a firewall's hook",
    lines: [`insmod ${M}/benign_filter.ko; ping -c 2 127.0.0.1 >/dev/null`],
    needsTamperKernel: true,
  },
];
