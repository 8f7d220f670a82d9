/** What people call things in the service of one kind of runtime: for messages and remedies. */
export interface RuntimeWords {
  /** What a runtime is there, for example `Airflow job`. */
  readonly runtime: string;
  /** Where people look at a runtime and change it. */
  readonly portal: string;
  /** What answers the app's calls. */
  readonly service: string;
  /** Where the service tells the address of a runtime's web server. */
  readonly webUrl: string;
  /** Page that says how to do by hand what the app does. */
  readonly byHand: string;
  /** What a runtime's id is, for example `the path of an Airflow job`, and how it looks. */
  readonly id: string;
  readonly idShape: string;
  /** How a runtime's name for people looks, for example `workspace/name`. */
  readonly nameShape: string;
  /** The service's own names of the settings. */
  readonly settings: {
    readonly environment: string;
    readonly overrides: string;
    readonly requirements: string;
  };
}

/** Those of which the texts of a run are made. */
export type RunWords = Pick<RuntimeWords, 'runtime' | 'portal' | 'service' | 'webUrl'>;

/** These words alone: they become part of a durable history. */
export function runWordsOf({ runtime, portal, service, webUrl }: RuntimeWords): RunWords {
  return { runtime, portal, service, webUrl };
}
