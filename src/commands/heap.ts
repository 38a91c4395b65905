/** `heap`: use of the hypervisor's normal and DMA heaps. */
import { hexAddress } from "../base/index.ts";
import type { CommandFamily, CommandResult } from "../shell/index.ts";
import { ok, renderFacts } from "../shell/index.ts";
import type { Heap } from "../vm/index.ts";
import { poolStateText } from "./buddy-text.ts";
import type { CommandContext } from "./context.ts";
import { form } from "./context.ts";
import { kilobytes } from "./units.ts";

const LABEL_WIDTH = 19;

function info({ region, houseKeepingBytes, usedBytes, freeBytes, allocations }: Heap): CommandResult {
  const text = renderFacts(
    [
      ["Base Virtual Addr", hexAddress(region.virtualAddress)],
      ["Base Physical Addr", hexAddress(region.physicalAddress)],
      ["House-Keeping Size", kilobytes(houseKeepingBytes)],
      ["Used Space Size", kilobytes(usedBytes)],
      ["Free Space Size", kilobytes(freeBytes)],
      ["Total Size", kilobytes(region.sizeBytes)],
    ],
    LABEL_WIDTH,
  );
  const blocks = allocations.map(({ physicalAddress, sizeBytes, owner }) => ({ physicalAddress, sizeBytes, owner }));
  return ok(text, { ...region, houseKeepingBytes, usedBytes, freeBytes, blocks });
}

const state = (title: string, heap: Heap): CommandResult =>
  ok(
    poolStateText(title, heap.bins, heap.freeRecordCount, heap.recordCount),
    heap.bins.map((bin) => ({ ...bin })),
  );

export const heap: CommandFamily<CommandContext> = {
  name: "heap",
  summary: "show the use of the hypervisor's heaps",
  forms: [
    form({ words: "info", run: ({ hv }) => info(hv.heap) }),
    form({ words: "state", run: ({ hv }) => state("Normal Heap", hv.heap) }),
    form({ words: "dma_info", run: ({ hv }) => info(hv.dmaHeap) }),
    form({ words: "dma_state", run: ({ hv }) => state("DMA Heap", hv.dmaHeap) }),
  ],
};
