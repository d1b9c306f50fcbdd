package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * The answer to {@link WatchChanges}. A notice of a later change may come before it.
 *
 * <pre>
 *  size field
 *     4 load    int32: which load of the data set is there; when it differs from the one that was known, the data set is to be
 *               loaded as a whole, as it is when the database has gone back
 *     8 number  int64: the last change there is; those up to it are not told any more, those after it are
 * </pre>
 */
@Message(501201)
public record Watching(int load, long number) {}
