import type { PreflightRow } from '../../domain/preflight/report.js';
import type { Scene } from './scene.js';

/** What each strategy needs of whoever issues the keys of its credentials. */
export async function issuerRows(scene: Scene): Promise<readonly PreflightRow[]> {
  const rows: PreflightRow[] = [];
  for (const strategy of scene.strategies.all) {
    const own = scene.configuration.credentials.filter(({ rotation }) => rotation.strategy === strategy.name);
    if (own.length === 0) continue;
    const issuer = await strategy.connect(scene.azure);
    rows.push(...(await issuer.needs(own, scene)));
  }
  return rows;
}
