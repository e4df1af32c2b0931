import { arch, cpus, hostname, platform, release, totalmem } from 'node:os';
import { version } from '../version.ts';
import type { TrainingSession } from './session.ts';

/** On what a run was made: versions, machine, backend, and the sum of its data. */
export interface Environment {
  readonly begun: string;
  readonly unroll: string;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  readonly host: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** What computes, and why it and nothing faster. */
  readonly backend: string;
  readonly threads: number | null;
  readonly dataSha256: string;
  readonly trainTokens: number;
  readonly validationTokens: number;
  readonly testTokens: number;
  readonly vocabSize: number;
  readonly parameters: number;
}

export function environmentOf(session: TrainingSession): Environment {
  const { description, settings, dataSha256, corpus, tokenizer, model } = session;
  return {
    begun: new Date().toISOString(),
    unroll: version,
    node: process.version,
    v8: process.versions.v8,
    platform: `${platform()} ${release()} ${arch()}`,
    host: hostname(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    backend: description,
    threads: settings.compute.threads ?? null,
    dataSha256,
    trainTokens: corpus.train.length,
    validationTokens: corpus.valid.length,
    testTokens: corpus.test?.length ?? 0,
    vocabSize: tokenizer.vocabulary.size,
    parameters: model.params.reduce((sum, { value }) => sum + value.size, 0),
  };
}
