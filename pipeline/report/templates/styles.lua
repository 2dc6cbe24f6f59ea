-- Classes of the report's Markdown -> real styles of Word, functions of the typst template, roles in HTML.
local docx = { quote = "Quotation", notice = "Notice", machine = "Proposal Note", about = "About", brief = "Brief" }
local docx_span = { who = "Speaker", hit = "Usage", tag = "Proposal", number = "Quote Number", legend = "Legend" }

function Div(div)
  local class = div.classes[1]
  if FORMAT == "docx" and docx[class] then
    div.attributes["custom-style"] = docx[class]
    return div
  elseif FORMAT == "typst" and docx[class] then
    local body = div.content
    body:insert(1, pandoc.RawBlock("typst", "#" .. class .. "-block["))
    body:insert(pandoc.RawBlock("typst", "]"))
    return body
  elseif FORMAT:match("html") and class == "table" then
    div.attributes["tabindex"] = "0"
    div.attributes["role"] = "region"
    div.attributes["aria-label"] = div.attributes.label
    div.attributes.label = nil
    return div
  end
end

function Span(span)
  local class = span.classes[1]
  if FORMAT == "docx" and docx_span[class] then
    span.attributes["custom-style"] = docx_span[class]
    return class == "who" and { pandoc.LineBreak(), span } or span
  elseif FORMAT == "typst" and docx_span[class] then
    local body = span.content
    body:insert(1, pandoc.RawInline("typst", "#" .. class .. "-text["))
    body:insert(pandoc.RawInline("typst", "]"))
    return body
  elseif FORMAT == "typst" and span.attributes.lang then -- hyphens follow the language of what people wrote
    local body = span.content
    body:insert(1, pandoc.RawInline("typst", '#text(lang: "' .. span.attributes.lang:match("^%a+"):lower() .. '")['))
    body:insert(pandoc.RawInline("typst", "]"))
    return body
  elseif FORMAT:match("html") and class == "hit" then
    return { pandoc.RawInline("html", '<mark class="hit">'), pandoc.Span(span.content), pandoc.RawInline("html", "</mark>") }
  end
end

-- pandoc's typst writer drops alternative text; without it the PDF could not be read aloud.
function Figure(figure)
  if FORMAT:match("html") then
    figure.attributes.tabindex = "0" -- on narrow screens a figure scrolls sideways
    return figure
  elseif FORMAT ~= "typst" then
    return nil
  end
  local image
  figure.content:walk({ Image = function(found) image = found end })
  local alt = (image.attributes.alt or pandoc.utils.stringify(figure.caption.long)):gsub("[\\\"]", "\\%0")
  local blocks = pandoc.Blocks({ pandoc.RawBlock("typst", '#figure(placement: bottom, image("' .. image.src .. '", alt: "' .. alt .. '"), caption: [') })
  blocks:extend(figure.caption.long)
  local label = figure.identifier ~= "" and " <" .. figure.identifier .. ">" or ""
  blocks:insert(pandoc.RawBlock("typst", "])" .. label))
  return blocks
end
