import { CheckpointError, parseSafetensors, serializeSafetensors } from '@unroll/checkpoint';
import { expectThat } from '../expect-that.ts';
import { mutatedSafetensors, safetensorsFile } from '../safetensors-file.ts';
import type { Target } from '../target.ts';

const f32 = (name: string, ...shape: number[]) => ({ name, dtype: 'F32', shape });
const seeds = [
  () => safetensorsFile([]),
  () => safetensorsFile([f32('a', 2, 3)]),
  () => safetensorsFile([f32('scalar'), f32('b', 4), f32('empty', 0, 3)], { format: 'unroll', step: '120' }),
  () =>
    safetensorsFile([f32('embed.W', 3, 2), { name: 'ids', dtype: 'I32', shape: [2] }, f32('affine.b', 3)]),
  () => safetensorsFile([{ name: 'x', dtype: 'F64', shape: [2] }, f32('y', 1, 1, 1)], {}),
];

export const safetensors: Target = {
  name: 'safetensors',
  refusals: 'CheckpointError',
  make: (random) => mutatedSafetensors(random.pick(seeds), random),
  run(input) {
    const { tensors, metadata } = parseSafetensors(input, 'fuzz.safetensors');
    let bytes = 0;
    for (const { shape, data } of tensors.values()) {
      expectThat(
        shape.reduce((product, size) => product * size, 1) === data.length,
        'as many numbers as the shape says',
      );
      bytes += data.byteLength;
    }
    expectThat(bytes <= input.length, 'no more numbers than the file has');
    const again = parseSafetensors(serializeSafetensors(tensors, metadata));
    expectThat(again.tensors.size === tensors.size, 'to read the same tensors from what was written of them');
  },
  isRefusal: CheckpointError.isInstance,
};
