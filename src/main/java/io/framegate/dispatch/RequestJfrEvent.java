package io.framegate.dispatch;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One request in a recording of Java Flight Recorder, from its decoding to the finished frame; nothing where none runs. */
@Name("io.framegate.Request")
@Label("Request")
@Category("Framegate")
@Description("A request, from its decoding to the finished frame")
@StackTrace(false)
final class RequestJfrEvent extends Event {

    @Label("Message")
    String message = "";

    @Label("Connection")
    long connection;

    @Label("Bytes of the request")
    int requestBytes;

    @Label("Bytes of the reply")
    int replyBytes;

    @Label("Answered by an error")
    boolean failed;
}
