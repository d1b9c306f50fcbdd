package com.example.shout;

import io.framegate.message.Message;

/** The shouted text. */
@Message(550101)
public record ShoutResponse(String text) {}
