import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeSerialPorts } from "../../src/serial/port-list.ts";

/** The parts of sysfs of a machine with an FTDI adapter behind a hub, a modem, an on-board UART, and three that are none. */
class FakeSystem {
  readonly root = mkdtempSync(join(tmpdir(), "komainu-sys-"));
  readonly roots = { sys: join(this.root, "sys"), dev: join(this.root, "dev") };

  file(path: string, content: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), `${content}\n`);
  }

  folder(path: string): void {
    mkdirSync(join(this.root, path), { recursive: true });
  }

  link(path: string, to: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    symlinkSync(join(this.root, to), join(this.root, path));
  }
}

describe("the serial ports of a machine", () => {
  let system: FakeSystem;
  beforeEach(() => {
    system = new FakeSystem();
    const usb = "sys/devices/usb1/1-1/1-1.4";
    for (const [name, value] of Object.entries({
      idVendor: "0403",
      idProduct: "6001",
      manufacturer: "FTDI",
      product: "FT232R USB UART",
      serial: "A50285BI",
    })) {
      system.file(`${usb}/${name}`, value);
    }
    system.folder(`${usb}/1-1.4:1.0/ttyUSB0`);
    system.folder("sys/bus/drivers/ftdi_sio");
    system.link(`${usb}/1-1.4:1.0/ttyUSB0/driver`, "sys/bus/drivers/ftdi_sio");
    system.link("sys/class/tty/ttyUSB0/device", `${usb}/1-1.4:1.0/ttyUSB0`);
    system.file("sys/devices/usb1/1-2/idVendor", "2c7c");
    system.file("sys/devices/usb1/1-2/idProduct", "0125");
    system.folder("sys/devices/usb1/1-2/1-2:1.2");
    system.link("sys/class/tty/ttyACM10/device", "sys/devices/usb1/1-2/1-2:1.2");
    system.folder("sys/devices/soc/3f201000.serial");
    system.link("sys/class/tty/ttyAMA0/device", "sys/devices/soc/3f201000.serial");
    system.file("sys/class/tty/ttyAMA0/type", "32");
    system.folder("sys/devices/serial8250");
    system.link("sys/class/tty/ttyS0/device", "sys/devices/serial8250");
    system.file("sys/class/tty/ttyS0/type", "0");
    system.folder("sys/class/tty/tty1");
    system.link("sys/class/tty/gone/device", "sys/devices/gone");
    system.file("dev/ttyUSB0", "");
    system.link("dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0", "dev/ttyUSB0");
  });
  afterEach(() => rmSync(system.root, { recursive: true, force: true }));

  it("are told with their stable name, place, driver and words, and parts that are not there are not", () => {
    const dev = system.roots.dev;
    expect(describeSerialPorts(system.roots)).toEqual([
      { path: `${dev}/ttyACM10`, topology: "1-2:1.2", usbId: "2c7c:0125" },
      { path: `${dev}/ttyAMA0`, topology: "3f201000.serial" },
      {
        path: `${dev}/ttyUSB0`,
        byId: `${dev}/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0`,
        topology: "1-1.4:1.0",
        driver: "ftdi_sio",
        description: "FTDI FT232R USB UART, serial number A50285BI",
        usbId: "0403:6001",
      },
    ]);
  });

  it("are none where there is no sysfs", () => {
    expect(describeSerialPorts({ sys: "/nonexistent", dev: "/nonexistent" })).toEqual([]);
  });
});
