package io.framegate.contract.generate;

import io.framegate.contract.Contract;
import io.framegate.contract.ContractJson;
import io.framegate.contract.page.HtmlPage;
import io.framegate.contract.page.MarkdownPage;
import java.util.function.Function;

/** Everything that the contract is written as. */
public enum Output {
    /** For people. */
    MARKDOWN("protocol.md", "text/markdown", "the protocol as Markdown", MarkdownPage::of),
    /** For people, to be searched. */
    HTML("protocol.html", "text/html", "the protocol as a page", HtmlPage::standalone),
    /** For programs, and to be kept: {@link ContractJson}. */
    JSON("contract.json", "application/json", "the contract as JSON", ContractJson::write),
    /** A client. */
    PYTHON("framegate.py", "text/x-python", "a client for Python 3.8 and later", PythonClient::of),
    /** A client. */
    CPP("framegate.hpp", "text/x-c++", "a client for C++17, with zlib and liblzma", CppClient::of),
    /** A client. */
    CSHARP("framegate.cs", "text/x-csharp", "a client for C# 7 and later", CsharpClient::of),
    /** For looking at traffic. */
    WIRESHARK("framegate.lua", "text/x-lua", "a dissector for Wireshark", WiresharkDissector::of),
    /** For parsers of many languages. */
    KAITAI("framegate.ksy", "text/x-yaml", "the format for Kaitai Struct", KaitaiStruct::of);

    private final String fileName;
    private final String mediaType;
    private final String description;
    private final Function<Contract, String> writer;

    Output(String fileName, String mediaType, String description, Function<Contract, String> writer) {
        this.fileName = fileName;
        this.mediaType = mediaType;
        this.description = description;
        this.writer = writer;
    }

    /** The whole text. */
    public String of(Contract contract) {
        return writer.apply(contract);
    }

    /** How the file is called. */
    public String fileName() {
        return fileName;
    }

    /** Without a charset: it is always UTF-8. */
    public String mediaType() {
        return mediaType;
    }

    /** What it is, in a few words. */
    public String description() {
        return description;
    }
}
