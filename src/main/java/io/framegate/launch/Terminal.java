package io.framegate.launch;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;

/**
 * Where the run command speaks to a person. Not {@code System.out} and {@code System.err}: Maven wraps them in filters
 * for colours that throw when Maven itself is writing at the same moment, as it is at Ctrl-C, and a failed "Stopping."
 * would leave all of it running.
 */
final class Terminal {

    static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
    static final PrintStream ERR = new PrintStream(new FileOutputStream(FileDescriptor.err), true);

    private Terminal() {}
}
