package io.framegate.config;

import java.util.List;

/** Settings that can't be used: one sentence for each, saying what to change. */
public final class InvalidConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param errors one sentence each */
    public InvalidConfigException(List<String> errors) {
        super(String.join(" ", errors));
    }
}
