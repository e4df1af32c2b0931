import {
  type Backend,
  type DType,
  formatShape,
  Random,
  type Shape,
  type Storage,
  sizeOf,
  type Tensor,
  type TypedArray,
  zeros,
} from '@unroll/tensor';
import { firstDifference, type Tolerance } from '../all-close.ts';
import type { Check, FloatDType } from './check.ts';

/** How a tensor may lie in a larger memory. */
export type Layout = 'whole' | 'columns' | 'step' | 'steps' | 'reversed';

/** All layouts that a tensor of this shape may have. */
export function layoutsOf(shape: Shape): readonly Layout[] {
  if (shape.length === 1) return ['whole', 'columns'];
  if (shape.length === 2) return ['whole', 'columns', 'step'];
  return ['whole', 'columns', 'steps', 'reversed'];
}

/** Pairs of layouts for two operands of this shape: both alike, and both different. */
export function layoutPairsOf(shape: Shape): readonly (readonly [Layout, Layout])[] {
  const layouts = layoutsOf(shape);
  return layouts.flatMap((layout, i) => [
    [layout, layout],
    [layout, layouts[(i + 1) % layouts.length]],
  ]);
}

/** What one value of `holds` may be: undefined where the contract leaves it open. */
type Expected = readonly (number | undefined)[];

/** What lies around a tensor in its memory; nothing may read it or write to it. */
const AROUND = 777;

/**
 * Where a check works: it makes the operands, lets a kernel run on them, holds what changed against what should have,
 * and gives all memory back.
 */
export class Lab {
  readonly backend: Backend;
  readonly dtype: FloatDType;
  readonly random: Random = new Random(1);
  /** The whole of each memory. */
  readonly #wholes = new Map<Storage, Tensor>();

  constructor(backend: Backend, dtype: FloatDType) {
    this.backend = backend;
    this.dtype = dtype;
  }

  /** A tensor of this shape and layout; `valueAt` gives its values, row after row. */
  tensor(
    shape: Shape,
    layout: Layout,
    valueAt: (index: number) => number,
    dtype: DType = this.dtype,
  ): Tensor {
    const [N, T] = shape;
    const D = shape[shape.length - 1];
    const inside: Record<Layout, () => Tensor> = {
      whole: () => this.#whole(shape, dtype),
      columns: () => this.#whole([...shape.slice(0, -1), D + 3], dtype).columns(2, D + 2),
      step: () => this.#whole([N, 3, D], dtype).at(1),
      steps: () => this.#whole([N, T + 3, D], dtype).slice(2, T + 2),
      reversed: () => this.#whole(shape, dtype).reversed,
    };
    const made = inside[layout]();
    const whole = this.#wholeOf(made);
    const values = new Array<number>(whole.size).fill(AROUND);
    for (const [i, position] of positionsOf(made).entries()) values[position] = valueAt(i);
    whole.write(values);
    return made;
  }

  /** Normally distributed numbers. */
  randn(shape: Shape, layout: Layout = 'whole', deviation = 1): Tensor {
    return this.tensor(shape, layout, () => this.random.normal() * deviation);
  }

  /** Evenly distributed numbers between 0 and 1, as a gate has them. */
  uniform(shape: Shape, layout: Layout = 'whole'): Tensor {
    return this.tensor(shape, layout, () => this.random.uniform());
  }

  /** NaN everywhere: an output that a kernel must fill, whatever it held. */
  unset(shape: Shape, layout: Layout = 'whole'): Tensor {
    return this.tensor(shape, layout, () => Number.NaN);
  }

  /** Ids or labels. */
  ints(values: readonly number[], shape: Shape, layout: Layout = 'whole'): Tensor {
    return this.tensor(shape, layout, (i) => values[i], 'i32');
  }

  /** As many random whole numbers from 0 to n - 1 as the shape has elements. */
  randomInts(n: number, shape: Shape): number[] {
    return Array.from({ length: sizeOf(shape) }, () => this.random.integer(n));
  }

  /** How far a result may lie off; `scale` is how great the terms are that may cancel in it. */
  tolerance(scale = 1): Tolerance {
    return this.dtype === 'f32' ? { rtol: 1e-5, atol: 1e-6 * scale } : { rtol: 1e-12, atol: 1e-13 * scale };
  }

  /**
   * Lets a kernel run and looks at all memory of its operands: those that `expected` names must have become what it
   * says, everything else must be as it was, to the bit.
   *
   * @param expected from the values before, row after row, those after
   */
  async holds<Name extends string>(
    operands: Readonly<Record<Name, Tensor>>,
    run: () => void,
    expected: (before: Readonly<Record<Name, number[]>>) => Partial<Record<Name, Expected>>,
    tolerance: Tolerance = this.tolerance(),
  ): Promise<void> {
    const named = Object.entries<Tensor>(operands) as [Name, Tensor][];
    const before = await this.#readWholes(named);
    run();
    const after = await this.#readWholes(named);

    const wanted = expected(
      Object.fromEntries(named.map(([name, x]) => [name, valuesOf(x, before)])) as Record<Name, number[]>,
    );
    const mayChange = new Map<Storage, Set<number>>();
    for (const [name, x] of named) {
      const values = wanted[name];
      if (!values) continue;
      if (values.length !== x.size) throw new TypeError(`${name}: the check expects ${values.length} values`);
      const known = values.map((value, i) => (value === undefined ? -1 : i)).filter((i) => i >= 0);
      const got = valuesOf(x, after);
      const difference = firstDifference(
        known.map((i) => got[i]),
        known.map((i) => values[i] as number),
        tolerance,
      );
      if (difference) throw new Error(`${describeTensor(name, x)}: ${difference}`);
      const changing = mayChange.get(x.storage) ?? new Set();
      for (const position of positionsOf(x)) changing.add(position);
      mayChange.set(x.storage, changing);
    }
    for (const [name, x] of named) {
      const was = before.get(x.storage) as TypedArray;
      const is = after.get(x.storage) as TypedArray;
      const changed = was.findIndex(
        (value, i) => !mayChange.get(x.storage)?.has(i) && !Object.is(value, is[i]),
      );
      if (changed >= 0) {
        throw new Error(
          `${describeTensor(name, x)}: element ${changed} of its memory was to stay ${was[changed]}, became ${is[changed]}`,
        );
      }
    }
  }

  /** Takes charge of this tensor. */
  own(whole: Tensor): Tensor {
    this.#wholes.set(whole.storage, whole);
    return whole;
  }

  dispose(): void {
    for (const whole of this.#wholes.values()) whole.dispose();
  }

  #whole(shape: Shape, dtype: DType): Tensor {
    return this.own(zeros(this.backend, shape, dtype));
  }

  #wholeOf(x: Tensor): Tensor {
    const whole = this.#wholes.get(x.storage);
    if (!whole) throw new TypeError('Lab: expected a tensor that it made');
    return whole;
  }

  async #readWholes(operands: readonly (readonly [string, Tensor])[]): Promise<Map<Storage, TypedArray>> {
    const read = new Map<Storage, TypedArray>();
    for (const [, x] of operands) {
      if (!read.has(x.storage)) read.set(x.storage, await this.#wholeOf(x).read());
    }
    return read;
  }
}

/** A check that works in a lab of its own. */
export function inLab(work: (lab: Lab) => Promise<void>): Check {
  return async (backend, dtype) => {
    const lab = new Lab(backend, dtype);
    try {
      await work(lab);
    } finally {
      lab.dispose();
    }
  };
}

/** Where in the memory the elements of any view lie, row after row. */
export function positionsOf({ shape, strides, offset }: Tensor): number[] {
  let positions = [offset];
  for (const [axis, length] of shape.entries()) {
    const steps = Array.from({ length }, (_, i) => i * strides[axis]);
    positions = positions.flatMap((position) => steps.map((step) => position + step));
  }
  return positions;
}

function valuesOf(x: Tensor, memory: ReadonlyMap<Storage, TypedArray>): number[] {
  const values = memory.get(x.storage) as TypedArray;
  return positionsOf(x).map((position) => values[position]);
}

function describeTensor(name: string, { shape, strides }: Tensor): string {
  return `${name} ${formatShape(shape)} with strides ${formatShape(strides)}`;
}
