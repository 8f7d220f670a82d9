import type { AppSettings } from '../config/appSettings.js';
import type { Configuration } from '../domain/configuration/profile.js';
import type { RuntimeKinds } from '../runtimes/kind.js';

/** What triggers need from outside; tests pass plain objects. */
export interface FunctionDeps {
  /** Throws where the configuration is wrong. */
  configuration(): Promise<Configuration>;
  /** Whose an id or an event is. */
  readonly kinds: RuntimeKinds;
  settings(): AppSettings;
  /** What is wrong with configuration and app settings, in lines for people. */
  problems(): Promise<readonly string[]>;
  now(): Date;
  randomHex(bytes: number): string;
}
