/** The vault's short name, as the az command wants it. */
export function vaultNameOf(uri: string): string {
  return URL.canParse(uri) ? (new URL(uri).hostname.split('.')[0] ?? uri) : uri;
}
