package io.framegate.client.cli;

import java.util.concurrent.Callable;

/**
 * A command that a guest application adds to the command line: a picocli {@code @Command}, found by
 * {@link java.util.ServiceLoader}. A guest names its own in {@code META-INF/services/io.framegate.client.cli.CommandExtension}.
 *
 * <p>It takes its {@link FramegateCommand} as picocli's {@code @ParentCommand}, asks the server through it, and returns an
 * exit code. A {@link io.framegate.client.ClientException} it lets pass becomes a sentence and an exit code there.
 */
public interface CommandExtension extends Callable<Integer> {}
