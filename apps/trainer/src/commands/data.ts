import { downloadPtb } from '@unroll/text/node';

export async function downloadData(): Promise<void> {
  const { folder, fetched } = await downloadPtb({
    onProgress: ({ file, receivedBytes }) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${file}  ${(receivedBytes / 1e6).toFixed(1)} MB `);
    },
  });
  if (process.stderr.isTTY && fetched.length > 0) process.stderr.write('\n');
  console.error(
    fetched.length > 0
      ? `fetched ${fetched.join(', ')}; the sums are right`
      : 'already there, with the right sums',
  );
  console.log(folder);
}
