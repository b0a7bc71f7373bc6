package io.mesosiam.agent.enrol;

import io.mesosiam.agent.config.JoinToken;
import io.mesosiam.agent.config.RootPin;
import io.mesosiam.secret.Secret;

/**
 * What a request for the first certificate is signed for.
 *
 * @param pin of the controllers' root; the proof is sent to them alone
 * @param field of the request's body
 * @param text the value of the field, in characters that JSON doesn't escape
 */
record Proof(RootPin pin, String field, Secret text) {
    static Proof of(JoinToken token) {
        return new Proof(token.pin(), "joinToken", token.text());
    }

    static Proof ofInstance(RootPin pin, Secret identity) {
        return new Proof(pin, "ec2Identity", identity);
    }
}
