/** Calls that a person makes in the portal or at a command line. */
import type { LocalClient } from '../../local/client.js';

/** Virtual seconds that pass between two looks whether the answer has come. */
const BRIEFLY = 0.001;
const LONGER = 30;
/** So many brief looks: what nobody delays is answered by then, and time has hardly moved. */
const BRIEF_LOOKS = 50;

/**
 * Calls Azure as a person. A fault may delay the answer, and virtual time moves only where somebody moves it: it passes
 * meanwhile, for everybody, until the answer has come. Rejects where the call gets no answer.
 */
export async function callAsPerson(
  client: LocalClient,
  ...call: Parameters<LocalClient['azure']>
): ReturnType<LocalClient['azure']> {
  const settled = client.azure(...call).then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  );
  for (let looks = 0; ; looks++) {
    const maxSeconds = looks < BRIEF_LOOKS ? BRIEFLY : LONGER;
    const over = await Promise.race([settled, client.run({ maxSeconds }).then(() => undefined)]);
    if (over === undefined) continue;
    if ('error' in over) throw over.error;
    return over.answer;
  }
}
