package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * "Something has changed where you watch": a notice, after {@link WatchChanges}. Commits shortly after each other share one;
 * to a client that reads too slowly the next one tells of those that were left out.
 *
 * <pre>
 *  size field
 *  4+2n dataSet  text: the name of the data set
 *     4 load     int32: which load of it is there; another than before means that it is to be loaded as a whole, since it
 *                has been loaded anew or the database has gone back; 0 that it is gone
 *     8 number   int64: the last change that touches what is watched
 * </pre>
 */
@Message(900201)
public record MapChanged(String dataSet, int load, long number) {}
