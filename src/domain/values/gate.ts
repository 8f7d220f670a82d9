/** A step of a rotation that can wait for a person: before the first runtime moves, before the old key is removed. */
export type Gate = 'pilot' | 'removal';
