/** What of esbuild's metafile is looked at. */
interface Metafile {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
}

export function bundledPackages(metafile: Metafile): string[];
export function thirdPartyNotices(folders: readonly string[]): string;
