/** What parts, optimizers and recipes cost on one backend. */
export interface RecipeCosts {
  readonly variants: readonly {
    readonly name: string;
    /** Of a step. */
    readonly ms: number;
    /** Times a step of the plain model. */
    readonly toPlain: number;
    /** The same, if the plain model had as many products to do. */
    readonly productForProduct: number;
    readonly toFloor: number;
  }[];
  /** Of all weights of the plain model. */
  readonly updates: readonly { readonly name: string; readonly ms: number }[];
  readonly recipes: readonly { readonly name: string; readonly ms: number; readonly toFloor: number }[];
}
