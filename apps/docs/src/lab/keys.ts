/** Where the browser keeps the text of a model, which changes less often than the model. */
export const textKey = (name: string): string => `${name}, text`;
