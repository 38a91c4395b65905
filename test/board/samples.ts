/** Inputs for the board tests, made here: a program-like content, its compressed forms, kernels, archives, trees. */
import { gzipSync } from "node:zlib";
import {
  type DeviceTree,
  fdtCells,
  fdtNode,
  fdtStrings,
  loadBoard,
  type Profile,
  writeFdt,
} from "../../src/board/index.ts";

/** ARM-like words: unconditional instructions, calls of one function from everywhere, and a stretch of text. */
export function sampleProgram(sizeBytes: number): Uint8Array {
  const data = new Uint8Array(sizeBytes);
  const view = new DataView(data.buffer);
  let noise = 12345;
  for (let at = 0; at + 4 <= sizeBytes; at += 4) {
    noise = (Math.imul(noise, 1103515245) + 12345) >>> 0;
    const isCall = (at >> 2) % 5 === 0;
    const callOffset = ((0x400 - at - 8) >> 2) & 0xffffff;
    view.setUint32(at, isCall ? 0xeb000000 | callOffset : 0xe2800000 | ((noise >>> 16) & 0x70f), true);
  }
  data.set(Buffer.from("Linux version 0.0 sample ".repeat(8)).subarray(0, Math.max(0, sizeBytes - 512)), 512);
  return data;
}

/** `sampleProgram(3000)` as `xz --check=crc32 --arm --lzma2=dict=32MiB`, `xz -9 --block-size=1000`, `xz --format=lzma`, `lz4 -l -9` and `zstd` packed it. */
export const packedSamples = {
  xzArm:
    "/Td6WFoAAAFpIt42AgEHACEBGgCvuxQ14Au3AyBdAAAAUfW7uRqLftCKdUCuchelR3Dx4U2AdQS2MMqVXU2fbMNcjGKFZJWfexJ9hqskt8lUFLV0SONVk3AO4RmXXymBjm7yJ2sI70IuiUomTi2DTJnV/rxeKPq/282mvf6mQTB78fxfiCQC6eZY8jI8Cq5x+muk27cysMvSuT/m+In8xEiXXYIATTgBAS6pHTSAlWJ0wOSf8z414M2MuNzS1G5VqaF1qdITUe+B41SRgWfNOnZeHkQkJH9ZtLXAg6M2l3phoRUDhIeIVwN2kO204gyf3vmhAHh9NFE1Vq3Q0kkDRX+KDiSmqLjTFmO0exGR72DuoFfsCv9QSy3dSaNQsRaxOVBkXe434dIw1FSd4sIs/vNGNCxFnrgarlcXkMHMeOQcveUilJ8iuOgEfNY1lYsVXQhrflthk45EkqYl4RxXVvuLYfuvG1BsHo1JCJPemR0mDic6qG0bNftYeL8UcB6ZrtclVIFnTyKwRousuroWysfotLpGJ/pA7vbEBz5ThqPbv1NsvvuUBshNAIgWSfbYGihgzTs7S6SdsTPy77xgN/WPlkTQp9T9qTl0DkLQfPo5ONCOjBWbxBI0FtE9+TxV0IUf/34HGWt1BzTzN1tBPOhxm/VHV5id+vTb84LB6FTQSNKugIdca9getXmLVWZ+PKy/JdPqYMPKFIPUGQBSkXhhIGUMi1JdlrA9xssoXSXsl7Ax+7VrS8eIL/T+vYk6vLFYTBnxZ7niOPmIWkDNrUV9vlcYgz7AcIhfJppgRPHtVNlgroFlrcYevYWoUzjDYerpQt33FG91S+pQHK3YlKFooQ2DqNbaVqyFGq9htxlYATWoUyoIzRMm15bSS11DJIFSDdcSLPsFfPuyVl7X0y2nnIq7J76FQvdRvduEqq77omoS4ZDqnSoG2Mj8y45O8QJAF4b3mwNAsfcPlk+iKX3fHOJuQZFpsG/XEcsUluYkkPfNFQRNL0fGNkEh8aE15Cd+Bwp8/Rr+vKfGvNd10UuJUR44ZNwh0FZXkpyT/NlgJ2OgkeAkG77/bZOl5K6Jehll15gBL19J3nqwgyK5ACn1MS8AAbgGuBcAAOVjI3s+MA2LAgAAAAABWVo=",
  xzBlocks:
    "/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4APnAYldAH8ALdKfTNfmA3ORDFUuht7kvzeso1q2AyysiK5lMBvAIV00H3vDgjFXADpaIRLLCOgHxxvv1S9eIxVJtoOf+P0HeKeYRmzzLe/HLXQr34AegUqKwQJwZ2ZvIf0UfiGlqtBqZpypEm2VRlDfUYOuZtPXtMaMMUP9PkyCQuPYWZYK/Z8pU2Bbt3xuKBBtmRQKQDG9zZhIgHS9N2+OGJTl7UAtXfxAPGrlah+YtOs9m9lg0xBbClHo8eRc+i6bU6wd4HZsfCHMyA4QcDZaEyFliIdzMBlzTU8hajj0CcNNrLSpHGWXy3pTcGrekKP2IYqyG6h9wd1SH9LavknVQolxncAH/ZcMBasEdISTEDkPoZOzQbMgXjWDbMVKP8zgE0OAbhPVE43s8hjQNHluejqUXYBXsV2nnfVNtOW3PfSaPEFSB/PWV8CXvkoOrbhAwCFVjOgKgTpFXpr75Uq3BtxovOwwI3VkYMjfGqlySePXlCuKNrAR9SdWHrmECv7mwMuL4j4PAnVC5TINAAAAAABbArMMtjcqYgIAIQEcAAAAEM9YzOAD5wGhXQACADRNhv15dL701Ac/zPUW9U/SZXX+AIEB6QBv++JE4uoAfoDyFjtqrrdqmfxnNvWJyrjDzEkNdIV0XWqMnr8AlNojp00kzGEnWKMdWZE0hyUqx4kOCsOQAeb8tmXg7kb12KCzMmV2XtW9aYBefIyo31xoizHMABYp0FESdvqrNhlI0SValoDDpOWG9lu1zURoWVuySTejFdC7o8bPWy0DNOZAkXzjzQswd6kkaTHWX0I4xGLaSYQWJJdFZrrsQN8faPpkxYPr65vadyP9C0zHENnqzbS4rGLfFZd94oboxNqdXAvEPN3dmhQR5HQsRuf7mcnR0gnemlnRFSzGDbfW077p/6Q7+KSM1zxhmXYF7lVp2Qy2A0yfyKd7E7IgfrG2W0xWYLoPh6n3rlpJ/1YFjpCc/Cf5A7Ot30ZhjSTtxQaNEyA8ot0EvTam69qZRLGDzrYXdae7rRfH/rEkInRAknPFIi41LmJH+RQgjjLdBx59mS9pwgeixkcqcLcWKe1/hTNivkxeHI/X2r12r44u1YmZZSJ3UPjo71W2hHU3CPEAAAAAYaQIlKOXMXQCACEBHAAAABDPWMzgA+cBnV0ABT/uR1fBq8U9Qte19vFFtwihvlu2slNa6nAIIuNcTi9tR4zPJwUNpwU/fBcyIlQGR67e1YvaUAW/zGJWKKgcbkbZvcZ9OqLRfOPnE6mFqvZ7zi0mi0Reyg8jRhDUUUvojoMdfSu32eOW65HQvvwa6Ph1ruLCQWpwLTZ4hIN0CplU24fSCwKnu30H9aC5vAQ+O1dceWHOFTCnqvQk/q2AXeVNg6ABfdKuJIJ6VqCeWXRouC2l1dQ22mnUXXyBRb8Pl5zMPu/R+3aY5wmxsRH1fVrEki8SXOsSnXTe3zWRRUAr+S01/MYyTRS3wvoN8ZogkGCkLh9OMtEQRJDPpIDjGZK4indsLQDnP1QG91kbNQHn/DkefBOL68XI8RP8kqlPDBMYdql7fS73sK66kWtb/dW/BkRblux3AtKrT2I5YdZLY2gznhCykvVTSAT1AVOTJ2y69b6XUR8KjNszfqLdmm04nZowdeDuv/3ACoo4cqPe8TG8ZLTH0CDHaJubc7l78RIPi+H88enK+8yqK4io8lHRJP1EsiOSHHocV3wAAAAAe8do7ByqQHcAA6UD6Ae9A+gHuQPoBwAACa/sVqwnPi0EAAAAAARZWg==",
  lzma: "XQAAgAD//////////wB/AC3Sn0zX5gNzkQxVLobe5L83rKNatgMsrIiuZTAbwCFdNB97w4IxVwA6WiESywjoB8cb79UvXiMVSbaDn/j9B3inmEZs8y3vxy10K9+AHoFKisECcGdmbyH9FH4hparQamacqRJtlUZQ31GDrmbT17TGjDFD/T5MgkLj2FmWCv2fKVNgW7d8bigQbZkUCkAxvc2YSIB0vTdvjhiU5e1ALV38QDxq5WofmLTrPZvZYNMQWwpR6PHkXPoum1OsHeB2bHwhzMgOEHA2WhMhZYiHczAZc01PIWo49AnDTay0qRxll8t6U3Bq3pCj9iGKshuofcHdUh/S2r5J1UKJcZ3AB/2XDAWrBHSEkxA5D6GTs0GzIF41g2zFSj/M4BNDgG4T1RON7PIY0DR5bno6lF2AV7Fdp531TbTltz30mjxBUgfz1lfAl75KDq24QMAhVYzoCoE6RV6a++VKtwbcaLzsMCN1ZGDI3xqpcknj15QrijawEfUnVh65hAr+5sDLi+I+DwJ1QvXeuAw/4D4Mbz44G6M9/uLWsApF3iNPP+xIA48kEfCbid9+nJBgdM6AU853C45WP9jLps5XLmvwpimsZkJ20jgsu8NpYH44TQaFcu0Nt5Tvxtll0AfAQ+J990wIfKhYQRyyG6qnZh8LTJBzBMciepGP2sZcyl9xUAU2wz4Xr7UDsPGswrxGAt644A5GjFC57US8z/GmxN+ZTPflJD6tI8k8RFSfkpV2n9qeLX6vyAsB0x/BR9AQReXWToiytl9MnYzS/kN+j1D9yUXF4mxFw7dBAtpIceFPAHa6Pb1u9FL2r8JHRcfAG2Zu+PEcyOORXl9DfNOcs09KcHsNmZxnla4NnXU9hFQe5vUExT8oZVdAftsx3jUN5l33a1IVz4c3FLWMEAnzM4/GAew+o/cr1FW4t3m9a4r3n7905K73mu2mMGlCuy82yWtQSLqlH/3H5L62/kCz07u6LjscLfOXDhJB/n4QD163JjFLHOfgLJIkhCQKt/2LNWXIzNtXT4Tyz46UpHXxeHkX/yZSxDv5cQN6cff1o4XeMrr6ep9Zzfh0nwl6ddW6S0CKSqf18vgU7nkyLUqPuCq0NNzOnunvswwO/m9zgwkUOP5+X7lEr1hUms8pKMhUjML9wqEPeDwzkvRaEOdZ+Bir7Tq8B3Jt26HGSCunivEQgM6iNLwZbESRUhN/lnbS30MC5GzeD+4jnSBRA6onEF8iuxEWX61jc5r6WqbBosVua7bCQG+d95eM0BzhMIDtvuz6STMfsck13HAcvji2bRFc2P//8avtcA==",
  lz4: "AiFMGKsHAADyI/4AAOsEB4DiBQaA4goFgOIPAoDi+QAA6w0FgOIKB4DiCgCA4gUHgOL0AADrCwaA4g4GJADwCgMFgOLvAADrCQaA4gwDgOINBIDiAACA4uoUAPIiAoDiDwOA4gAFgOINAoDi5QAA6wwCgOIEBoDiDQaA4gICgOLgAADrBgWA4ggEgOIDB2wAQNsAAOtcANAPB4DiDgKA4gcDgOLWUACwBIDiAQKA4g4BgOJcABDRjAAAPADDBoDiBQGA4gUDgOLMeAAiCQcsAABEABDHZABAB4DiAlAAgwOA4g8GgOLCKAAiBQGcAADUAKK9AADrCACA4goEYACADAeA4rgAAOuYAIACAYDiDgWA4kgAELMUAFICgOIKAvAAUAwEgOKuLAEEoADyBgeA4gkBgOKpAADrAAaA4gYDgOIHBFAAEKRoAVIFgOIHBlQAUAYEgOKfGAFSAIDiAAa4AACAABCaoABSAIDiBgUEAABUARCVeAASAYQAAEQBogIDgOKQAADrBQJQARALRAFAAIDiixQAEwG4ARIGCABAhgAA6wgAIg4EKABQBASA4oEYAQDMAf8NAIDiTGludXggdmVyc2lvbiAwLjAgc2FtcGxlIBkAnEABBoDiyAIQSswBEgc8AkAJA4DiYAEQRTACEgIEASIJAOwCU0AAAOsClAIiAQEYARA7kAEAQAEAPAASBJwCEDZUAVIGgOIHAjACAEwCEDE8APABBIDiDwSA4gUFgOILA4DiLLgBEgXEAQB0AIALAYDiJwAA62QBEA+sAgNQAxAiZAAwBYDiBAAiBgJcAhAdoAASATwAEwvUAWIYAADrBwfYASIDBDQCEBMgAxIDgAMiAgZEABAOHAIAiAAAFAAAjAAQAOQAMwDrBxgDIgAHgAAQBKAAEgPQAyIPAogCYv///+sOAcgAIgwBhAJA+v//6zwCIggHQAAAOANi9f//6w0BcAMiDAQIAWLw///rBwBAAwD0AnEEAYDi6///VAEQA4wBAKgAYQGA4ub///AAACAAsQEHgOIAAYDi4f//cAMAFAEiDAOAAWLc///rAQSkASIIA0wDENegABIEmAQQABwBQweA4tKgACIKBBADALADYs3//+sAB3AAIgUEdAMQyHgAEgGIACINA5QAMcP//7AEAMgAIgcEgAFTvv//6wZ4AQAYAFABA4DiuSgAEgDkAyIJBmwBQLT//+tcASIEBRQBAJABEK+MAANwBCICA0QCEKqMAAP8BCIEAWgAMaX//9gEIgADaAEAWAAQoNwAEgVcABAFtAFhBYDim///sAQiCABUAABgAWKW///rAwN4ASIBBxgBEJGQARIAPAAiBAR8ABCM8AASA/AAIgcB9AEQh6AAANAEA2gCAPQDEIJ4ABIDWAIiBgQwAhB9tAASBawAIgQBaAEQeJABEgb8BQBUAFAGAYDic7gBEgNMACICAOQAEG70ARIHUAITAYQBEGnwAAB8ARICRAIArAEQZNwAA8QEIgIFjAUQXzwAA5wBIgkCmAITWjwAIgcFGAIA0AEQVWwCEgdUBiIJAAQAE1AYASIIAAQAAOgAMUv///wDIg0AzAEACAATRrwCIgYEFAAAaAMyQf//DAMAKAEDmAIQPKAAAEgAA5wDAFADEzeUAiIHApQCAIQAEDIIAhMFVAIA/AFABoDiLYwAA3gAEwXUAhMoQAEiBAQQAAD8ARAjpAESBiQAIgoDhAYQHqQBEwDsAABUAEMCgOIZBAEAsAETAswFYhT//+sFABAGIg0GwAFjD///6wQGAAESAbQAEwqkARMDQAcBCAQh//+IBAC0BBMAcAEQAKAAEgPsASIGAAQEIvv+gAIjAwEwBlICgOL2/kABABQFIgEHSAEi8f58AQCMARMKWAAx7P7/qAcAFAIiCgXcABDnKAASBoQEIgcFpAAx4v7/uAYTAIADAIACU93+/+sPOAEiCQAkA0DY/v/reAETDxAEAFQAYtP+/+sEADwCIgYFzAAizv5EAgBwAyICBBwBU8n+/+sBxAAiDwSIAhDEPAADsAETAxACEL8oAAPUAyIJARgAIrr+TAQTC2ADAAgJYrX+/+sKBfQIIgEFiAIQsNwAAwAFEwCoACKr/rgBEw7oCAAkAhCm8AAAHAIDJAMAfAMjof58AQAMAgOMBCKc/kgDIgQBlAYAfAZTl/7/6w58AhMB0AYQkmQAAMQAA7wDAPACIo3+/AMiDgEcAQBkBRCIKAADtAIiCgNEAhODPAAA4AATDIAAEH48AANAAxMA/AMief5kBRMFIAIAIAAQdCgAEgdEAyIGAaAJEG8wAhIFmAAAlAYAHAFiav7/6wgCVAIiDQGUBxBl3AASBPgEIgoH8AgTYMwBIgcBmAgARAEQW1QBA5ADEwlEASJW/owFEwj0AQA8BBBRjAADeAciDgC4ARNMKAAiBgegBgBkAxBHaAETBxgCA6AJMUL+/wwIANgBEw6oABA9KAAD3AoTBdQCEDigABIEMAQiBgCsAhMzaAEjCgR4BUAFgOIuUAAAGAMD2AUA9AEQKcgAA8gFEwacBxAkVAESATQEIgkFdAIQHxgBA7wDEwM8ABMaqAIEGAcAqAAQFYQDAIwBsACA4gwAgOIIB4Di",
  zstd: "KLUv/WS4CrUsACY0lzrQniQdnAzL3IqbLNNkWBLhaZQt02RYEuHpM+UtCjOvkJsYPZ1hMiyJ0B7gKId4c9BIa6S1tvfee28ZeACHAIkA1s3aVOVyy9Mz3Uqaql+amDumbtduWUaW7obmdvBm8I5rbmbdjd3Pze3k3axbpqZqnFu6+5FuGKcqnbu1O6Lu+O52mqp27oa6od4udbc8t+r9ULc73bE0Vffc0EXrjtVU9XNLeKvplqYboqZqoLulbmi6I7zlm6pXUk7VAXc0cMN4wwS3TE1VBjerbn1wu+qG8H6p+0lo8o4VboeBsam64Y4ebleSIe7IhIheyIDB4kgowlAEIaMYRUcziGwI3ahhVDTiVuuOO+73njVVfdySBbm1uiOcqkRu1+SRW/VWJbc2uV+8mbzhm6pQnrxdvKNO1Sk3K93Syv1OzXS3LDcMbJfD+3BLESRcatcElCiiihb3K4pGNzy6WbzdjVtWL8fjcbcfToii5m4R6eYuklsuuSGE1tx1shuFyty94qy5q0W73I61au6C2R3jzLy5m+ZuJTa3rO6n740jPTZ35bjTbp2b6S3Z7p2bud15sxfl3OXDUHP3z9wVNHfXPamlW9tU2O6WmqoAngu3JKkAWYAhmHstcCCHHgV2QcNeHW4JYsTNStzwBEtxt0pX3FEfUSPNvVzAGHejcSsOHbKHA3Kza0g0MvdKcj8m93tyO0vK7VBVFMvt2Nxry+UlDJm515lLze30zb3a3E/OveDMvea0uNfviAea9tJjuvpcgO5WXYOcvrYr45u7qbkbgMDd5u4Bp+A1gHDH3QnPQoaBuqixORobEUmSkkJhGAMhBAjCYBj2Xg8SIGzsGfb//zd8/MNr5U42Fu782af7x2/kzvZesnwg98/fPS94qXs8zhvJmeTR4D15enbyKv7Y2Y2Aaz5L7LeUa//YUbbTPR7Qb9M/aUC1Bmdz1Geoj6wfGd7nXf9j98Du8SJvGc96r9WaeNXaYR7Fn2wz2e1zfn+Xd2TBlX/4N9bNMuOejW2UT+iWfnAqRnPcf3wp+0Z/A9abMMYvcAT6SgywWp+b9Lkh/ztPOk0vxJwxHGJuYB0LCdfcmd5+y/ylPbg/F3bUyf5QYm7OOupnkMspVnADDV+Zk6jvIRucC4ljbePdE/Jmx6iu1+uWfJw9S38WsQc9xlP8cMe1u3OEw8fP/OOv7+nplpCT9isr/axYBv10Yt41nTaN9pmyzn55AS2u/iabFzNeCku2kll2/fde/mZtg/aAu19e/Uaeg28R3Iv4yxm00aKD5NP+mzUGPNwjTBOSFTpZftls9gM/KPqWLucO5R/gFT6l/+RPF8K/FrcJBuz80d8keGUp/nyTtw/6Xx14KvjP/8AdiR3+xk8Pw9qnF+z+cjM/k30wI67hnhe/NhL9/DaEH960pQ2I/7nJvVwP9JvHetX7Y7av3jFr3d81zyFrXObi7nWXuZPPHrt9xx6LYhLz5j/xm8IMc8ZMfHfcjy+xv8xI3ue/IWnO//z2BX9AeIbhsh6rLqFH4Md0yyzf3+KltHFhG7HSvdg/6HFfe7mYo1zbKDzO/PqbNKfnYVoCZutjOviO7CB8Z8Fe5hNnW+6Pu3Tfh9c5sV/+wqhxEzdS9qlvTkUMygU/MdcYHWC+c/vxSV8J3staz0Lfi4W538lb1ZH5sYfifi371V5UDtnpZ2TAoL8R5f/HemA46vjBXncrI4ukZlvWOz13zagu3X3nmX31CuXszOtmDLuS3yfUfbZX/hPGnRnSSUc3eKrZopkWxzXkz4iMaX7cM9sypyDB4tTGvle7mUwj7VJ+/Oj1BXlUb8M985MPd4kB2KF4ORt/DiTpdLvR/YWaedzxZcm5ac7RXf/TZgsfbvKc+WDhQ/vSDx5Vf45Oyf/Iw+qqjvvLuQ5VFsV4Ww==",
} as const;

export const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));

/** A zImage as the kernel's build lays it out, around a payload that ends with the little-endian size of `image`. */
export function makeZImage(
  image: Uint8Array,
  payload: Uint8Array,
  { bssBytes = 0x1000, hasTable = true } = {},
): Uint8Array {
  const tableAt = 0x60;
  const payloadAt = 0x80;
  const isGzip = payload[0] === 0x1f;
  const sizeAt = payloadAt + payload.length - (isGzip ? 4 : 0);
  const data = new Uint8Array(Math.ceil((sizeAt + 4 + 16) / 8) * 8);
  const view = new DataView(data.buffer);
  for (let at = 0; at < 0x24; at += 4) view.setUint32(at, 0xe1a00000, true);
  view.setUint32(0x24, 0x016f2818, true);
  view.setUint32(0x28, 0, true);
  view.setUint32(0x2c, data.length, true);
  view.setUint32(0x30, 0x04030201, true);
  if (hasTable) {
    view.setUint32(0x34, 0x45454545, true);
    view.setUint32(0x38, tableAt, true);
    for (const [index, word] of [6, 0x5a534c4b, sizeAt, bssBytes, 0x8000, 0x10000].entries()) {
      view.setUint32(tableAt + index * 4, word, true);
    }
  }
  data.set(payload, payloadAt);
  if (!isGzip) view.setUint32(sizeAt, image.length, true);
  return data;
}

export const gzip = (data: Uint8Array): Uint8Array => new Uint8Array(gzipSync(data, { level: 9 }));

/** A newc archive with one file and its trailer. */
export function makeCpio(name: string, content: Uint8Array): Uint8Array {
  const entry = (path: string, data: Uint8Array): Buffer => {
    const fields = [1, 0o100755, 0, 0, 1, 0, data.length, 0, 0, 0, 0, path.length + 1, 0];
    const header = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}${path}\0`;
    const headerBytes = Buffer.alloc(Math.ceil(header.length / 4) * 4);
    headerBytes.write(header, "latin1");
    const dataBytes = Buffer.alloc(Math.ceil(data.length / 4) * 4);
    dataBytes.set(data);
    return Buffer.concat([headerBytes, dataBytes]);
  };
  return new Uint8Array(Buffer.concat([entry(name, content), entry("TRAILER!!!", new Uint8Array(0))]));
}

/** A tree with what the loader looks for: memory, chosen, and the VersatilePB's primary interrupt controller. */
export function makeTree(): DeviceTree {
  const root = fdtNode("", { "#address-cells": fdtCells(1), "#size-cells": fdtCells(1), model: fdtStrings("sample") });
  const amba = fdtNode("amba", { ranges: new Uint8Array(0) });
  amba.children.push(
    fdtNode("interrupt-controller@10140000", {
      "interrupt-controller": new Uint8Array(0),
      "#interrupt-cells": fdtCells(1),
      reg: fdtCells(0x10140000, 0x1000),
      phandle: fdtCells(1),
    }),
  );
  root.children.push(
    fdtNode("chosen", { "stdout-path": fdtStrings("/amba/uart") }),
    fdtNode("memory", { device_type: fdtStrings("memory"), reg: fdtCells(0, 0x8000000) }),
    amba,
  );
  return { root, reservations: [], bootCpuId: 0 };
}

export const makeDtb = (): Uint8Array => writeFdt(makeTree());

/** The VersatilePB, with as much guest memory as a test wants. */
export function versatilepb(memorySizeBytes = 96 * 2 ** 20): Profile {
  const { profile } = loadBoard("versatilepb");
  return { ...profile, regions: profile.regions.map((region) => ({ ...region, sizeBytes: memorySizeBytes })) };
}
