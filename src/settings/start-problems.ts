import { basename, dirname } from 'node:path';
import { StartProblem } from '../lib/start-problem.ts';
import { ConfigError, type Config } from './config.ts';

/** The errors of the system and of SQLite for a folder or file that cannot be created, read or written. */
const FILE_CODES =
  /^(EACCES|EPERM|EROFS|EEXIST|ENOTDIR|EISDIR|ENOSPC|ELOOP|SQLITE_(CANTOPEN|READONLY|IOERR|NOTADB|FULL|PERM).*)$/;

/**
 * Returns a text for each reason why the app did not start: it names the setting, says what is wrong, and has an
 * example. The list is empty when the error is a bug and not a wrong setting.
 */
export function startProblems(error: unknown, config: Config | undefined): string[] {
  if (error instanceof ConfigError) return error.problems;
  if (error instanceof StartProblem) return [error.message];
  const { code = '', syscall = '', path } = error as NodeJS.ErrnoException;
  if (config && /^(listen|getaddrinfo)$/.test(syscall)) return [listenProblem(code, config)];
  const problem = FILE_CODES.test(code) ? fileProblem(code, path, config) : undefined;
  return problem ? [problem] : [];
}

function listenProblem(code: string, { host, port }: Config): string {
  if (code === 'EADDRINUSE') {
    const other = port < 65535 ? port + 1 : port - 1;
    return `PORT ${port} is in use by another process (${code}). Example: PORT=${other}`;
  }
  if (code === 'EACCES') {
    return `PORT ${port} is not allowed: low ports need special permissions (${code}). Example: PORT=3000`;
  }
  return `HOST ${host} is not an address of this machine (${code}). Example: HOST=0.0.0.0`;
}

/**
 * @param path undefined for an error of SQLite, which has no path
 * @returns undefined for a file that no setting names
 */
function fileProblem(code: string, path: string | undefined, config: Config | undefined) {
  if (path && basename(path) === '.env') {
    return `.env must be a file that the app may read; ${path} is not (${code}). Example: chmod 600 .env`;
  }
  const dataDir = config ? dirname(config.stateFile) : path;
  const databaseDir = config ? dirname(config.databaseFile) : dataDir;
  if (databaseDir !== dataDir && (path === undefined || path === databaseDir)) {
    return `DATABASE_URL must be a database in a folder, both writable by the app; ${config!.databaseFile} is not (${code}). Example: DATABASE_URL=file:./data/satchel.db`;
  }
  if (path !== undefined && !path.startsWith(dataDir!)) return undefined;
  return `DATA_DIR must be a folder that is writable by the app, with all its files; ${path ?? dataDir} is not (${code}). Example: DATA_DIR=./data`;
}
