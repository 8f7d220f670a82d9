/** Types of commandLine.mjs. */
import type { ParseArgsConfig, parseArgs } from 'node:util';

type Parsed<T extends ParseArgsConfig> = ReturnType<typeof parseArgs<T>>;

export function readArguments<T extends ParseArgsConfig>(
  usage: string,
  config?: T,
  check?: (values: Parsed<T>['values']) => void,
): Parsed<T>;
export function requireWhole(option: string, value: string | undefined, least?: number): void;
export function requireOneOf(option: string, value: string | undefined, choices: readonly string[]): void;
export function readShare(option: string, value: string): { readonly share: number; readonly count: number };
