/** How a run is told: as a picture that is drawn anew, as lines, or as lines for programs. */
export const logFormats = ['pretty', 'plain', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];
