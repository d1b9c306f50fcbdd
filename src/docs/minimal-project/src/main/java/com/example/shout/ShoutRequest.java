package com.example.shout;

import io.framegate.message.Message;

/** Text to be shouted. */
@Message(150101)
public record ShoutRequest(String text, int times) {}
