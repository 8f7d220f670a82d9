/** Entra in memory: it accepts the client secrets that the directory holds, and reads the vault with them. */
import { type ClientSecretProof, type Entra, entraFailure } from '../../../src/azure/entra.js';
import { refused, transientFailure } from '../../../src/azure/failures.js';
import { vaultFailure } from '../../../src/azure/vaultFailure.js';
import type { CallFailure } from '../../../src/domain/problems/callResult.js';
import { Calls } from './calls.js';
import type { MemoryGraph } from './memoryGraph.js';
import type { MemoryVaults } from './memoryVaults.js';

export class MemoryEntra implements Pick<Entra, keyof Entra> {
  readonly calls = new Calls<keyof Entra>();
  /** It takes no client secret at all. */
  refusesAll = false;
  /** URIs of vaults that let the principals of applications read nothing. */
  readonly closedVaults = new Set<string>();
  readonly #graph: MemoryGraph;
  readonly #vaults: MemoryVaults;
  readonly #now: number;

  /** @param now when it is asked, milliseconds since the epoch: what has expired by then is refused */
  constructor(graph: MemoryGraph, vaults: MemoryVaults, now: number) {
    this.#graph = graph;
    this.#vaults = vaults;
    this.#now = now;
  }

  proveClientSecret(proof: ClientSecretProof): ReturnType<Entra['proveClientSecret']> {
    const about = proof.read ? `reads ${proof.read.name}` : 'takes a token';
    return this.calls.answer(
      'proveClientSecret',
      about,
      () => this.#token(proof) ?? this.#read(proof),
      (error) => transientFailure(error, 'asking Entra') ?? entraFailure(new Error('AADSTS7000112'), proof),
    );
  }

  #token(proof: ClientSecretProof): CallFailure | undefined {
    const value = proof.secret.reveal();
    const keys = this.#graph.application(proof.clientId).keys.filter((key) => key.value === value);
    if (this.refusesAll || keys.length === 0) return entraFailure(new Error('AADSTS7000215'), proof);
    const lives = keys.some(({ endsOn }) => Date.parse(endsOn) > this.#now);
    return lives ? undefined : entraFailure(new Error('AADSTS7000222'), proof);
  }

  #read({ read, clientId }: ClientSecretProof): { readonly kind: 'proven' } | CallFailure {
    if (!read) return { kind: 'proven' };
    const principal = `the principal ${clientId}`;
    const refusal = (innerCode: string) =>
      vaultFailure({ name: 'RestError', status: 403, innerCode }, read, 'get', principal);
    if (this.closedVaults.has(read.vault)) return refusal('ForbiddenByRbac');
    const [newest] = this.#vaults.kept(read);
    if (!newest) return refused('secretMissing', `The ${principal} finds no ${read.name}.`, 'Make it.');
    return newest.enabled ? { kind: 'proven' } : refusal('SecretDisabled');
  }
}
