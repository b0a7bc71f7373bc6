package io.mesosiam.sandbox.sts;

import java.io.StringWriter;
import java.util.UUID;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Responses of STS as XML, of API version 2011-06-15. */
final class StsXml {
    private static final String NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";
    private static final XMLOutputFactory FACTORY = XMLOutputFactory.newFactory();

    private final XMLStreamWriter xml;

    private StsXml(XMLStreamWriter xml) {
        this.xml = xml;
    }

    static String assumedRole(KnownKey key) {
        return document("AssumeRoleResponse", answer -> {
            answer.element("AssumeRoleResult", result -> {
                result.element("AssumedRoleUser", user -> {
                    user.text("AssumedRoleId", key.userId());
                    user.text("Arn", key.arn());
                });
                result.element("Credentials", credentials -> {
                    credentials.text("AccessKeyId", key.accessKeyId());
                    credentials.text("SecretAccessKey", key.secretAccessKey());
                    credentials.text("SessionToken", key.token().orElseThrow());
                    credentials.text(
                            "Expiration", key.expiration().orElseThrow().toString());
                });
            });
            answer.metadata();
        });
    }

    static String callerIdentity(KnownKey key) {
        return document("GetCallerIdentityResponse", answer -> {
            answer.element("GetCallerIdentityResult", result -> {
                result.text("Arn", key.arn());
                result.text("UserId", key.userId());
                result.text("Account", key.arn().split(":", -1)[4]);
            });
            answer.metadata();
        });
    }

    /** The answer of IAM, of API version 2010-05-08, to an action without a result. */
    static String done(String action) {
        return document(action + "Response", StsXml::metadata);
    }

    static String error(StsError error) {
        return document("ErrorResponse", answer -> {
            answer.element("Error", detail -> {
                detail.text("Type", error.status() < 500 ? "Sender" : "Receiver");
                detail.text("Code", error.code());
                detail.text("Message", error.text());
            });
            answer.text("RequestId", UUID.randomUUID().toString());
        });
    }

    private interface Body {
        void write(StsXml to) throws XMLStreamException;
    }

    private static String document(String root, Body body) {
        var text = new StringWriter();
        try {
            XMLStreamWriter writer = FACTORY.createXMLStreamWriter(text);
            writer.writeStartElement(root);
            writer.writeDefaultNamespace(NAMESPACE);
            body.write(new StsXml(writer));
            writer.writeEndElement();
            writer.close();
        } catch (XMLStreamException impossible) {
            throw new IllegalStateException("a StringWriter takes everything", impossible);
        }
        return text.toString();
    }

    private void element(String name, Body body) throws XMLStreamException {
        xml.writeStartElement(name);
        body.write(this);
        xml.writeEndElement();
    }

    private void text(String name, String value) throws XMLStreamException {
        element(name, inner -> inner.xml.writeCharacters(value));
    }

    private void metadata() throws XMLStreamException {
        element(
                "ResponseMetadata",
                inner -> inner.text("RequestId", UUID.randomUUID().toString()));
    }
}
