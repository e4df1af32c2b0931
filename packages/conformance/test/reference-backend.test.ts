import { ReferenceBackend } from '@unroll/tensor';
import { describeBackend } from '../src/describe-backend.ts';

describeBackend('reference', { make: () => new ReferenceBackend(), dtypes: ['f32', 'f64'] });
