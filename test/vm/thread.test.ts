import { describe, expect, it } from "vitest";
import { Scheduler } from "../../src/vm/scheduler.ts";
import { ThreadTable } from "../../src/vm/thread.ts";

const given = () => {
  const scheduler = new Scheduler({ nowNs: () => 0 });
  return { scheduler, table: new ThreadTable(scheduler) };
};

describe("the hypervisor's threads", () => {
  it("are orphan VCPUs with Xvisor's words for their states", () => {
    const { table } = given();
    const thread = table.create("worker", 5);
    const states = [thread.state];
    thread.start();
    states.push(thread.state);
    thread.sleep();
    states.push(thread.state);
    thread.start();
    thread.vcpu.halt();
    states.push(thread.state);
    expect(states).toEqual(["Created", "Running", "Sleeping", "Stopped"]);
    expect([thread.name, thread.priority, thread.vcpu.isOrphan]).toEqual(["worker", 5, true]);
  });

  it("give their VCPU back when they are stopped", () => {
    const { scheduler, table } = given();
    const thread = table.create("worker", 5);
    expect(table.find("worker")).toBe(thread);
    table.stop(thread);
    expect([table.find("worker"), table.threads, scheduler.find(thread.id)]).toEqual([undefined, [], undefined]);
  });
});
