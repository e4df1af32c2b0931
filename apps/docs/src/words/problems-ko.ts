import type { ProblemWords } from '../lab/problem.ts';

const number = (value: number): string => value.toLocaleString('ko');

export const problemsInKorean: ProblemWords = {
  noWords: () =>
    '글에 공백밖에 없어 단어를 찾을 수 없습니다. 토큰 단위를 문자로 바꾸거나 다른 글을 넣어 주세요.',
  textTooShort: ({ least, batchSize, timeSize, tokens }) =>
    `글이 너무 짧습니다. 스트림 N = ${batchSize}개를 T = ${timeSize}단계씩 읽으려면 토큰이 ${number(least)}개 이상 있어야 하는데 ${number(tokens)}개뿐입니다. 글을 늘리거나 N 또는 T를 줄여 주세요.`,
  unknownTokens: ({ tokens }) => `모델이 학습한 글에 나오지 않은 토큰입니다: ${tokens.join(', ')}`,
  tooLargeToTrain: ({ most, size, vocabSize, hasWords }) =>
    `모델이 너무 큽니다. 학습에 쓰는 메모리는 ${most}MB까지인데, 어휘 ${number(vocabSize)}개로는 약 ${number(size)}MB가 필요합니다. H, D, N, T나 계층 수를 줄여 주세요.${hasWords ? ' 토큰 단위를 단어에서 문자로 바꿔도 됩니다.' : ''}`,
  diverged: () => '손실이 발산했습니다. 학습률이나 클리핑 기준을 낮춰 보세요.',
  filesTooLarge: ({ file, most }) => `${file}: 파일을 모두 합쳐 ${most}MB까지 읽을 수 있습니다.`,
  fileTwice: ({ file, name }) => `${file}: ${name} 파일이 두 번 나옵니다. 모델 하나의 파일만 골라 주세요.`,
  notOfAModel: ({ file, known }) =>
    `${file}: 모델 폴더의 파일이 아닙니다. 모델 폴더를 압축한 zip이나 그 안의 ${known.join(', ')} 파일을 골라 주세요.`,
  badZip: ({ file, message }) => `${file}: 모델 폴더의 zip으로 읽을 수 없습니다(${message}).`,
  tooManyEntries: ({ file, most }) =>
    `${file}: 항목이 ${number(most)}개를 넘는 zip은 읽지 않습니다. 모델 폴더만 압축해 주세요.`,
  zipTooLarge: ({ file, most }) => `${file}: 압축을 풀었을 때 ${most}MB가 넘습니다.`,
  severalModels: ({ file, count, folders }) =>
    `${file}: 모델이 ${count}개(${folders.join(', ')}) 들어 있습니다. 한 모델의 폴더만 압축해 주세요.`,
  keptInOtherForm: () => '저장 형식이 이 버전과 다릅니다',
  keptApart: () => '모델과 글이 서로 맞지 않습니다',
  keptWithoutSettings: () => '설정을 알아볼 수 없습니다',
  noWorker: () => '이 페이지의 워커를 불러오지 못했습니다. 인터넷 연결을 확인해 주세요.',
  notFetched: ({ url, answer }) => `${url}: 사이트의 파일을 불러오지 못했습니다(${answer}).`,
};
