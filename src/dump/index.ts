/** Memory images of guests: their formats, and the kernel inside. */
export { type ImageOptions, type OpenedImage, openImage } from "./image-kernel.ts";
export { type Segment, SegmentSource } from "./segments.ts";
