package com.example.shout;

import io.framegate.message.Refusal;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;

@ApplicationScoped
public class ShoutWorker implements Worker<ShoutRequest, ShoutResponse> {

    @Override
    public ShoutResponse process(ShoutRequest request) {
        if (request.times() < 1 || request.times() > 10) {
            throw new Refusal(Refusal.Code.INVALID, "Shouting goes from 1 to 10 times.");
        }
        return new ShoutResponse(request.text().toUpperCase(Locale.ROOT).repeat(request.times()));
    }
}
