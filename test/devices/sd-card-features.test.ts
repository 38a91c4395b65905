import { describe, expect, it } from "vitest";
import { SdCardFeatures } from "../../src/devices/sd-card-features.ts";
import { copyState } from "./test-context.ts";

describe("the bus settings of an SD card", () => {
  it("are one wire and default speed until the host chooses", () => {
    const features = new SdCardFeatures();
    expect([features.isHighSpeed, features.sdStatus[0] >> 6]).toEqual([false, 0]);
    features.switch(0x00fffff1);
    expect(features.isHighSpeed).toBe(false);
    features.switch(0x80fffff1);
    features.setBusWidth(2);
    expect([features.isHighSpeed, features.sdStatus[0] >> 6]).toEqual([true, 2]);
    features.reset();
    expect([features.isHighSpeed, features.sdStatus[0] >> 6]).toEqual([false, 0]);
  });

  it("stay as they were when any function of a switch is not there", () => {
    const features = new SdCardFeatures();
    expect(features.switch(0x80ffff31)[16]).toBe(0xf1);
    expect(features.isHighSpeed).toBe(false);
  });

  it("are the same after a restore", () => {
    const features = new SdCardFeatures();
    features.switch(0x80fffff1);
    features.setBusWidth(2);
    const copy = new SdCardFeatures();
    copy.restore(copyState(features.save()), "card");
    expect([copy.isHighSpeed, copy.sdStatus]).toEqual([true, features.sdStatus]);
  });
});
