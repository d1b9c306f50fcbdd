package io.framegate.transport;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One connection in a recording of Java Flight Recorder, from its beginning to its end; nothing where none runs. */
@Name("io.framegate.Connection")
@Label("Connection")
@Category("Framegate")
@Description("A connection, from its beginning to its end")
@StackTrace(false)
final class ConnectionJfrEvent extends Event {

    @Label("Connection")
    long connection;

    @Label("Client")
    String client = "";

    @Label("Why it ended")
    String reason = "";

    @Label("Requests")
    long requests;

    @Label("Bytes read")
    long bytesRead;

    @Label("Bytes written")
    long bytesWritten;
}
