import type { Words } from '../words.ts';

export const ko: Words = {
  reading: {
    source: '파일 전체',
    run: '이 줄들을 실행하기',
    loading: '불러오는 중…',
    failed: '실행하지 못했습니다:',
    first: '처음으로',
    back: '하나 뒤로',
    forth: '하나 앞으로',
    play: '재생',
    pause: '멈춤',
    position: '어디까지 계산했는지',
    nothing: '아직 아무것도 계산하지 않았습니다. → 를 누르고 표시된 줄을 따라가 보세요.',
    call: (call, of) => `${of}번 중 ${call}번째 호출`,
    change: '처음 값을 바꿔 보기',
    reset: '원래대로',
    became: '결과',
    from: '재료',
  },
  lstm: {
    title: '셀 세 개짜리 LSTM을 네 단계로 펼친 모습',
    forward: '순전파',
    backward: '역전파',
    stepBack: '한 단계 이전으로',
    stepForth: '한 단계 다음으로',
    all: '모든 단계',
    word: (t) => `${t}단계의 단어`,
    forgetBias: '망각 게이트에 더하는 값(활성화 함수를 거치기 전)',
    row: {
      f: 'f, 남길 비율',
      g: 'g, 새 정보',
      i: 'i, 받아들일 비율',
      o: 'o, 내보낼 비율',
      c: 'c, 기억 셀',
      h: 'h, 은닉 상태',
      dh: 'dh, h에 도착',
      df: 'f에서',
      dg: 'g에서',
      di: 'i에서',
      do: 'o에서',
      dc: 'dc, 이전으로 전달',
    },
    pick: '숫자를 고르면 어떻게 나온 값인지 보여 줍니다.',
    backwardNote:
      '손실은 마지막 h의 합입니다. 각 숫자는 그 자리의 값이 커질 때 손실이 얼마나 변하는지를 뜻합니다.',
    before: '이전 c',
  },
  grid: {
    value: (name, row, column) => `${name}, ${row}, ${column}`,
    row: '행',
    column: '열',
  },
  distance: {
    title: '거슬러 올라간 거리에 따라 남아 있는 기울기의 크기',
    x: '거슬러 올라간 단계 수',
    y: '기울기의 노름',
    scale: '순환 가중치의 크기',
    forgetBias: '망각 게이트의 편향',
    other: '다른 가중치로',
    note: (steps, rnn, lstm) =>
      `${steps}단계를 거슬러 올라가면 RNN에는 ${rnn.toExponential(1)}, LSTM에는 ${lstm.toExponential(1)}이 남습니다.`,
  },
  streams: {
    title: '블록 단위로 읽는 텍스트',
    text: '해는 이미 낮게 기울고 그림자는 길어졌는데 돛에 소금이 하얗게 앉은 낡은 배 한 척이 마침내 항구로 돌아왔고 아무도 말이 없었다',
    stream: (n) => `스트림 ${n}`,
    next: '다음 블록',
    again: '처음부터',
    N: '스트림 수 N',
    T: '시간 단계 수 T',
    note: (block) =>
      block === 0
        ? '첫 블록입니다. 스트림마다 텍스트의 다른 곳에서, 0으로 채운 상태로 시작합니다.'
        : `${block + 1}번째 블록입니다. 스트림마다 멈췄던 곳에서 그때의 상태를 이어받아 읽습니다. 세로선으로 표시한 곳에서 기울기가 끊깁니다.`,
  },
  cliff: {
    title: '절벽이 있는 지형을 내려가기',
    startW: '시작점 w',
    startB: '시작점 b',
    maxGrad: '클리핑 기준',
    lr: '학습률',
    free: '기울기를 그대로 쓴 경우',
    clipped: '기울기를 클리핑한 경우',
    axes: (w, b) => `가로: 순환 가중치 ${w}. 세로: 편향 ${b}. 주황색이 짙을수록 손실이 큽니다.`,
    click: '아무 곳이나 누르면 거기서 시작합니다.',
    note: (norm, free, clipped) =>
      `도중에 만난 가장 가파른 기울기의 노름은 ${norm.toPrecision(3)}입니다. 60단계 뒤의 손실은 그대로 쓰면 ${free.toPrecision(3)}, 클리핑하면 ${clipped.toPrecision(3)}입니다.`,
  },
  guess: {
    title: '예측 하나의 값',
    before: '고양이가 앉은 곳은',
    words: ['매트', '소파', '지붕', '달', '그리고', '실로폰'],
    comes: (word) => `실제로 나온 단어는 ${word}`,
    score: (word) => `${word}의 점수`,
    forget: '아무것도 모르는 상태',
    note: (p, loss, perplexity) =>
      `p = ${p.toPrecision(3)}, 손실 −ln p = ${loss.toFixed(3)}, 퍼플렉서티 e^손실 = ${perplexity.toFixed(2)}. 똑같이 그럴듯한 단어 ${perplexity.toFixed(1)}개를 두고 망설이는 셈입니다.`,
  },
  sampling: {
    title: '같은 점수에서 천 번 뽑기',
    words: ['매트', '소파', '바닥', '지붕', '탁자', '달', '그리고', '실로폰'],
    again: '다시 뽑기',
    note: (count, never) =>
      never === 0
        ? `${count}번 뽑는 동안 모든 단어가 나왔습니다.`
        : `${count}번 뽑는 동안 단어 ${never}개는 한 번도 나오지 않았습니다.`,
  },
  tied: {
    title: '두 번 쓰이는 하나의 표',
    word: '읽는 단어',
    next: '다음에 올 단어',
    fromEmbedding: '읽을 때의 기울기',
    fromOutput: '점수를 매길 때의 기울기',
    together: '둘을 더한 dW',
    note: (word) =>
      `embed.W의 숫자를 바꾸면 출력층의 가중치도 함께 바뀝니다. 읽을 때는 ${word}번 행만, 점수를 매길 때는 모든 행이 기울기를 받습니다.`,
  },
  masks: {
    title: '무엇을 지우는가: 옅은 칸은 0이 되고, 나머지는 그만큼 커집니다',
    kinds: {
      each: 'TimeDropout: 시간 단계마다 다른 마스크(세로: 시간)',
      locked: 'LockedDropout: 한 블록의 모든 단계에 같은 마스크',
      words: 'TimeEmbeddingDropout: 텍스트 어디에 있든 단어를 통째로',
      weights: 'WeightDrop: 상태에서 게이트로 가는 가중치',
    },
    ratio: '지우는 비율',
    next: '다음 블록',
    note: (factor) => `남은 값에는 ${factor.toFixed(2)}를 곱해서 합의 크기를 그대로 유지합니다.`,
  },
  broken: {
    title: '한 줄을 지우고, 들키는지 보기',
    line: (line) => `${line}번째 줄 빼기`,
    gradient: '기울기',
    error: '가장 큰 상대 오차',
    right: '맞음',
    wrong: '틀림',
    whole:
      '모든 줄을 실행했습니다. 모든 기울기가 float64로 계산한 중앙 차분과 백만분의 일보다 작은 오차로 일치합니다.',
    found: (count) =>
      count === 0 ? '이 줄들이 없어도 틀린 기울기는 없습니다.' : `기울기 ${count}개가 틀렸습니다.`,
  },
};
