import type { PreflightRow } from '../../domain/preflight/report.js';
import type { PreflightContext } from './context.js';

/** What each strategy needs of whoever issues the keys of its credentials. */
export async function issuerRows(context: PreflightContext): Promise<readonly PreflightRow[]> {
  const rows: PreflightRow[] = [];
  for (const strategy of context.strategies.all) {
    const own = context.configuration.credentials.filter(
      ({ rotation }) => rotation.strategy === strategy.name,
    );
    if (own.length === 0) continue;
    const issuer = await strategy.connect(context.azure);
    rows.push(...(await issuer.needs(own, context)));
  }
  return rows;
}
