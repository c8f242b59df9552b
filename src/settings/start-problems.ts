import { basename, dirname } from 'node:path';
import { ConfigError, type Config } from './config.ts';

/** What the system says where a folder or a file of ours cannot be made, read or written. */
const FILE_CODES =
  /^(EACCES|EPERM|EROFS|EEXIST|ENOTDIR|EISDIR|ENOSPC|ELOOP|SQLITE_(CANTOPEN|READONLY|IOERR|NOTADB|FULL|PERM).*)$/;

/** One sentence for each thing that refused the start: which setting, why, and an example. None for what is our own fault. */
export function startProblems(error: unknown, config: Config | undefined): string[] {
  if (error instanceof ConfigError) return error.problems;
  const { code = '', syscall = '', path } = error as NodeJS.ErrnoException;
  if (config && /^(listen|getaddrinfo)$/.test(syscall)) return [listenProblem(code, config)];
  const problem = FILE_CODES.test(code) ? fileProblem(code, path, config) : undefined;
  return problem ? [problem] : [];
}

function listenProblem(code: string, { host, port }: Config): string {
  if (code === 'EADDRINUSE') {
    const other = port < 65535 ? port + 1 : port - 1;
    return `PORT ${port} is taken: another process listens there (${code}). Example: PORT=${other}`;
  }
  if (code === 'EACCES') {
    return `PORT ${port} is not for everybody: the system keeps low ports for itself (${code}). Example: PORT=3000`;
  }
  return `HOST ${host} is no address of this machine (${code}). Example: HOST=0.0.0.0`;
}

/** SQLite says no path. @returns undefined for a file that no setting names */
function fileProblem(code: string, path: string | undefined, config: Config | undefined) {
  if (path && basename(path) === '.env') {
    return `.env must be a file that the shop may read; ${path} is not (${code}). Example: chmod 600 .env`;
  }
  const dataDir = config ? dirname(config.stateFile) : path;
  const databaseDir = config ? dirname(config.databaseFile) : dataDir;
  if (databaseDir !== dataDir && (path === undefined || path === databaseDir)) {
    return `DATABASE_URL must be a database that the shop may write to, and so must its folder; ${config!.databaseFile} is not (${code}). Example: DATABASE_URL=file:./data/satchel.db`;
  }
  if (path !== undefined && !path.startsWith(dataDir!)) return undefined;
  return `DATA_DIR must be a folder that the shop may write to, with all it holds; ${path ?? dataDir} is not (${code}). Example: DATA_DIR=./data`;
}
