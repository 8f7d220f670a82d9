/**
 * When the clocks of the bed begin, whatever day it is on the machine: a Monday. Windows, months and ends of credentials fall
 * on the same moments of a story whenever that is told, so that a seed finds tomorrow what it found today.
 */
export const BEGIN = '2027-01-04T06:00:00Z';
