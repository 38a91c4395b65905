/** Types of `setup.mjs`, for the tools that are TypeScript. */

export declare const root: string;
export declare const program: string;
export declare function build(): void;
