package io.framegate.client.cli;

import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Which gate of a Data Grid a command is for, where it is not the one that is asked: a picocli {@code @Mixin}. */
final class InstanceOption {

    private static final String ALL = "all";

    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--instance",
            paramLabel = "NAME",
            description =
                    "A gate of the same Data Grid, as `framegate instances` lists them; for what changes something, all"
                            + " is every one. Default: the one at --http")
    private Optional<String> name;

    boolean isGiven() {
        return name.isPresent();
    }

    /** Where to ask one gate, given where that one would be asked itself. */
    String ofOne(String path) {
        if (name.filter(ALL::equals).isPresent()) {
            throw new ParameterException(spec.commandLine(), "--instance has to be the name of one gate here.");
        }
        return ofAny(path);
    }

    /** Where to ask one gate or all. */
    String ofAny(String path) {
        return name.map(given -> "instances/" + AdminClient.part(given) + "/" + path)
                .orElse(path);
    }
}
