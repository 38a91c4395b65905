/** `struct cred`: who a task is and what it may do. */
import { KernelObject } from "./kernel-object.ts";
import type { FieldName } from "./type-table.ts";

export class Cred extends KernelObject {
  get uid(): number | undefined {
    return this.word("cred.uid");
  }

  get gid(): number | undefined {
    return this.word("cred.gid");
  }

  get euid(): number | undefined {
    return this.word("cred.euid");
  }

  get egid(): number | undefined {
    return this.word("cred.egid");
  }

  get suid(): number | undefined {
    return this.word("cred.suid");
  }

  get fsuid(): number | undefined {
    return this.word("cred.fsuid");
  }

  /** Sixteen hexadecimal digits, as in /proc/PID/status. */
  get capInheritable(): string | undefined {
    return this.set("cred.cap_inheritable");
  }

  get capPermitted(): string | undefined {
    return this.set("cred.cap_permitted");
  }

  get capEffective(): string | undefined {
    return this.set("cred.cap_effective");
  }

  get capBounding(): string | undefined {
    return this.set("cred.cap_bset");
  }

  get capAmbient(): string | undefined {
    return this.set("cred.cap_ambient");
  }

  private set(field: FieldName): string | undefined {
    return this.double(field)?.toString(16).padStart(16, "0");
  }
}
