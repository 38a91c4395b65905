/** Types of `bundle.mjs`, for the tools that are TypeScript. */

export declare function leadingComment(source: string): string;
export declare function runBundled(name: string): Promise<never>;
