import type { MiddlewareHandler } from 'hono';
import { ApiError } from './api-error.ts';

/** Names of this machine that no name server is asked for. */
const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/** Can only this machine reach a server that listens there? */
export function isLoopback(host: string): boolean {
  // As a URL spells it: 127.1 and LOCALHOST are loopback too.
  const name = nameOf(host.includes(':') ? `[${host}]` : host).toLowerCase();
  return name === 'localhost' || name === '[::1]' || /^127\.|^\[::ffff:7f/.test(name);
}

/**
 * On loopback, lets nobody in who came by another name: any name can be made to lead here, and a page from there would
 * count as one of ours (DNS rebinding).
 */
export function guardHost(listensOn: string): MiddlewareHandler {
  const names = new Set([...loopbackNames, listensOn]);
  return async (c, next) => {
    const host = c.req.header('host') ?? '';
    if (isLoopback(listensOn) && !names.has(nameOf(host))) {
      throw new ApiError(403, `expected a Host of ${loopbackNames.join(', ')}, got ${host || 'none'}`);
    }
    await next();
  };
}

/** Lets no pages in from elsewhere, except from the origin that is allowed: browsers say where a request comes from. */
export function guardOrigin(allowed: string | undefined): MiddlewareHandler {
  return async (c, next) => {
    const origin = c.req.header('origin');
    if (origin !== undefined && origin !== allowed && hostOf(origin) !== c.req.header('host')) {
      throw new ApiError(
        403,
        `pages from ${origin} are not let in${hostOf(origin) ? `; unroll serve --cors ${origin} would do so` : ''}`,
      );
    }
    await next();
  };
}

const nameOf = (host: string): string => parse(`http://${host}`)?.hostname ?? '';
const hostOf = (origin: string): string | undefined => parse(origin)?.host;

function parse(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}
