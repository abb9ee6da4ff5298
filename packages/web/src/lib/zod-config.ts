import { z } from 'zod';

// Zod probes `new Function` when an object schema is declared; the content security policy forbids it and
// would report it. Imported first, before any schema of the contract.
z.config({ jitless: true });
