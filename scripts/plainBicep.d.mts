/** Types of plainBicep.mjs. */
export function plainBicep(text: string): string;
