/** Who holds what: the directory's keys, the versions that everybody reads, what runtimes have and run with. */

/** A key of the directory. */
export interface Key {
  readonly keyId: string;
  readonly label: string | null;
  readonly endsAt: number;
  /** Minted by this app, on this task hub. */
  readonly ours: boolean;
  removed: boolean;
}

/** The version that everybody reads. */
export interface Current {
  readonly trace: string;
  /** Who wrote it: absent where that was not the app. */
  readonly by?: string;
  readonly n: number;
}

export class Holdings {
  /** By trace of the value. */
  readonly keys = new Map<string, Key>();
  /** By runtime, lower case: what its settings hold, and what its processes run with. */
  readonly stored = new Map<string, string>();
  readonly running = new Map<string, string>();
  /** By name of the secret. */
  readonly current = new Map<string, Current>();

  /** Whether the key of this value is there, and has not come to its end. */
  lives(trace: string, at: string): boolean {
    const key = this.keys.get(trace);
    return key !== undefined && !key.removed && Date.parse(at) < key.endsAt;
  }

  /** Traces of what settings, processes and secrets have. */
  inUse(): Set<string> {
    const read = [...this.current.values()].map(({ trace }) => trace);
    return new Set([...this.stored.values(), ...this.running.values(), ...read]);
  }

  /** Whether all runtimes have the version that everybody reads, in their settings and in their processes. */
  isUniform(runtimes: readonly string[], secret: string): boolean {
    const trace = this.current.get(secret)?.trace;
    return runtimes.every((runtime) => {
      const id = runtime.toLowerCase();
      return this.stored.get(id) === trace && this.running.get(id) === trace;
    });
  }

  /**
   * Keys that the app did not mint, and that no settings, no processes and no secret have any more.
   *
   * @param named only those of this name
   */
  othersUnused(named?: string): string[] {
    const used = this.inUse();
    const isTheirs = (label: string | null) =>
      named === undefined ? !label?.startsWith('airlock ') : label === named;
    return [...this.keys]
      .filter(([trace, { label, removed }]) => isTheirs(label) && !removed && !used.has(trace))
      .map(([, { keyId }]) => keyId);
  }

  /** Key ids of the app's making that are there and that nobody reads, whether owed or not. */
  leftOver(): string[] {
    const read = new Set([...this.current.values()].map(({ trace }) => trace));
    return [...this.keys]
      .filter(([trace, { ours, removed }]) => ours && !removed && !read.has(trace))
      .map(([, { keyId }]) => keyId);
  }
}
