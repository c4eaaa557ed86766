<?xml version="1.0" encoding="UTF-8"?>
<!-- A CDA R2 document as a page for people: who, when, then the narrative of every section as its author wrote it. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:h="urn:hl7-org:v3"
    exclude-result-prefixes="h">
  <xsl:output method="html" encoding="UTF-8" indent="no"/>
  <xsl:param name="patient"/>
  <xsl:param name="birth_name"/>
  <xsl:param name="born"/>
  <xsl:param name="male"/>
  <xsl:param name="female"/>
  <xsl:param name="ins_oids"/>
  <xsl:param name="by"/>
  <xsl:param name="signed"/>
  <xsl:param name="kept"/>
  <xsl:param name="act"/>
  <xsl:param name="version"/>
  <xsl:param name="replaces"/>
  <xsl:param name="nothing"/>
  <xsl:param name="attached"/>
  <xsl:param name="missing"/>
  <xsl:param name="elsewhere"/>
  <xsl:param name="again"/>
  <xsl:param name="region"/>
  <xsl:param name="attachments"/>
  <xsl:param name="pdf"/>
  <xsl:param name="kilobytes"/>
  <xsl:param name="deleted"/>
  <xsl:strip-space elements="h:table h:thead h:tbody h:tfoot h:tr h:list"/>
  <xsl:variable name="upper" select="'ABCDEFGHIJKLMNOPQRSTUVWXYZ'"/>
  <xsl:variable name="lower" select="'abcdefghijklmnopqrstuvwxyz'"/>

  <xsl:template match="/">
    <xsl:apply-templates select="//h:ClinicalDocument"/>
  </xsl:template>

  <xsl:template match="h:ClinicalDocument">
    <main>
      <header>
        <h1><xsl:call-template name="language"/><xsl:value-of select="normalize-space(h:title)"/></h1>
        <p class="when">
          <xsl:call-template name="day"><xsl:with-param name="ts" select="h:effectiveTime/@value"/></xsl:call-template>
          <xsl:if test="h:versionNumber/@value"><xsl:value-of select="concat(' · ',$version,' ',h:versionNumber/@value)"/></xsl:if>
          <xsl:if test="h:relatedDocument[@typeCode='RPLC']"><xsl:value-of select="concat(', ',$replaces)"/></xsl:if>
        </p>
        <dl>
          <dt><xsl:value-of select="$patient"/></dt>
          <dd><xsl:apply-templates select="h:recordTarget[1]/h:patientRole"/></dd>
          <xsl:for-each select="h:recordTarget[1]/h:patientRole/h:id[contains($ins_oids, concat(' ',@root,' '))][1]">
            <dt>INS</dt>
            <dd><xsl:value-of select="@extension"/></dd>
          </xsl:for-each>
          <xsl:for-each select="h:author">
            <dt><xsl:value-of select="$by"/></dt>
            <dd><xsl:call-template name="person"><xsl:with-param name="role" select="h:assignedAuthor"/></xsl:call-template></dd>
          </xsl:for-each>
          <xsl:for-each select="h:legalAuthenticator">
            <dt><xsl:value-of select="$signed"/></dt>
            <dd><xsl:call-template name="person"><xsl:with-param name="role" select="h:assignedEntity"/></xsl:call-template></dd>
          </xsl:for-each>
          <xsl:if test="h:custodian//h:name">
            <dt><xsl:value-of select="$kept"/></dt>
            <dd><xsl:value-of select="normalize-space(h:custodian//h:name[1])"/></dd>
          </xsl:if>
          <xsl:for-each select="h:documentationOf/h:serviceEvent[h:code/@displayName]">
            <xsl:if test="position()=1"><dt><xsl:value-of select="$act"/></dt></xsl:if>
            <dd>
              <xsl:value-of select="normalize-space(h:code/@displayName)"/>
              <xsl:if test="h:effectiveTime/@value | h:effectiveTime/h:low/@value">
                <xsl:text>, </xsl:text>
                <xsl:call-template name="day"><xsl:with-param name="ts" select="(h:effectiveTime/@value | h:effectiveTime/h:low/@value)[1]"/></xsl:call-template>
              </xsl:if>
            </dd>
          </xsl:for-each>
        </dl>
      </header>
      <xsl:apply-templates select="h:component/h:structuredBody/h:component/h:section"/>
      <xsl:apply-templates select="h:attachments"/>
      <xsl:if test="not(h:attachments or h:component/h:structuredBody//h:section/h:text)"><p class="empty"><xsl:value-of select="$nothing"/></p></xsl:if>
    </main>
  </xsl:template>

  <xsl:template match="h:patientRole">
    <xsl:variable name="name" select="h:patient/h:name[1]"/>
    <xsl:variable name="used" select="$name/h:family[contains(@qualifier,'CL') or contains(@qualifier,'SP')][1]"/>
    <xsl:variable name="birth" select="$name/h:family[contains(@qualifier,'BR')][1]"/>
    <xsl:call-template name="name"><xsl:with-param name="of" select="h:patient/h:name"/></xsl:call-template>
    <xsl:if test="$used and normalize-space($birth) != normalize-space($used) and normalize-space($birth)">
      <xsl:value-of select="concat(' (',$birth_name,' ',normalize-space($birth),')')"/>
    </xsl:if>
    <xsl:variable name="sex" select="h:patient/h:administrativeGenderCode"/>
    <xsl:choose>
      <xsl:when test="$sex/@code='M'"><xsl:value-of select="concat(', ',$male)"/></xsl:when>
      <xsl:when test="$sex/@code='F'"><xsl:value-of select="concat(', ',$female)"/></xsl:when>
      <xsl:when test="normalize-space($sex/@displayName)"><xsl:value-of select="concat(', ',normalize-space($sex/@displayName))"/></xsl:when>
    </xsl:choose>
    <xsl:if test="h:patient/h:birthTime/@value">
      <xsl:value-of select="concat(', ',$born,' ')"/>
      <xsl:call-template name="day"><xsl:with-param name="ts" select="h:patient/h:birthTime/@value"/></xsl:call-template>
    </xsl:if>
  </xsl:template>

  <xsl:template name="person">
    <xsl:param name="role"/>
    <xsl:choose>
      <xsl:when test="$role/h:assignedPerson/h:name"><xsl:call-template name="name"><xsl:with-param name="of" select="$role/h:assignedPerson/h:name"/></xsl:call-template></xsl:when>
      <xsl:otherwise><xsl:value-of select="normalize-space($role/h:assignedAuthoringDevice/h:softwareName)"/></xsl:otherwise>
    </xsl:choose>
    <xsl:if test="normalize-space($role/h:code/@displayName)">
      <xsl:text>, </xsl:text><xsl:value-of select="normalize-space($role/h:code/@displayName)"/>
    </xsl:if>
    <xsl:if test="normalize-space($role/h:representedOrganization/h:name)">
      <xsl:text>, </xsl:text><xsl:value-of select="normalize-space($role/h:representedOrganization/h:name)"/>
    </xsl:if>
  </xsl:template>

  <xsl:template name="name">
    <xsl:param name="of"/>
    <xsl:variable name="used" select="$of[1]/h:family[contains(@qualifier,'CL') or contains(@qualifier,'SP')]"/>
    <xsl:variable name="birth" select="$of[1]/h:family[not(contains(@qualifier,'CL') or contains(@qualifier,'SP'))]"/>
    <!-- A name part of punctuation only is left out: some systems write a full stop for a missing name. -->
    <xsl:for-each select="($of[1]/h:prefix[1] | $of[1]/h:given[1] | $used[1] | $birth[not($used)][1])[translate(normalize-space(.),'.-','')]">
      <xsl:sort select="2 * number(local-name()='family') + number(local-name()='given')" data-type="number"/>
      <xsl:if test="position() &gt; 1"><xsl:text> </xsl:text></xsl:if>
      <xsl:value-of select="normalize-space(.)"/>
    </xsl:for-each>
  </xsl:template>

  <xsl:template name="day">
    <xsl:param name="ts"/>
    <xsl:choose>
      <xsl:when test="string-length($ts) &gt;= 8"><xsl:value-of select="concat(substring($ts,7,2),'/',substring($ts,5,2),'/',substring($ts,1,4))"/></xsl:when>
      <xsl:when test="string-length($ts) = 6"><xsl:value-of select="concat(substring($ts,5,2),'/',substring($ts,1,4))"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="$ts"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- The author's language, which is not always that of the labels. -->
  <xsl:template name="language">
    <xsl:if test="h:languageCode/@code"><xsl:attribute name="lang"><xsl:value-of select="h:languageCode/@code"/></xsl:attribute></xsl:if>
  </xsl:template>

  <xsl:template match="h:section">
    <section>
      <xsl:choose>
        <xsl:when test="h:languageCode/@code"><xsl:call-template name="language"/></xsl:when>
        <xsl:when test="not(ancestor::h:section)"><xsl:for-each select="ancestor::h:ClinicalDocument"><xsl:call-template name="language"/></xsl:for-each></xsl:when>
      </xsl:choose>
      <xsl:if test="normalize-space(h:title)">
        <xsl:choose>
          <xsl:when test="ancestor::h:section[2]"><h4><xsl:value-of select="normalize-space(h:title)"/></h4></xsl:when>
          <xsl:when test="ancestor::h:section"><h3><xsl:value-of select="normalize-space(h:title)"/></h3></xsl:when>
          <xsl:otherwise><h2><xsl:value-of select="normalize-space(h:title)"/></h2></xsl:otherwise>
        </xsl:choose>
      </xsl:if>
      <xsl:apply-templates select="h:text"/>
      <xsl:apply-templates select="h:component/h:section"/>
    </section>
  </xsl:template>

  <xsl:template match="h:text"><div class="text"><xsl:call-template name="own_language"/><xsl:apply-templates/></div></xsl:template>
  <xsl:template match="*[namespace-uri() != 'urn:hl7-org:v3']"/>
  <!-- A block ends the p around it, and a reader of HTML then repeats the emphasis around that block in each that follows. -->
  <xsl:template match="h:paragraph">
    <xsl:choose>
      <xsl:when test="ancestor::h:paragraph"><div><xsl:call-template name="block"/><xsl:call-template name="inside"/></div></xsl:when>
      <xsl:when test=".//h:paragraph or .//h:list or .//h:table or .//h:renderMultiMedia or .//h:shown or .//h:text or .//h:section"><div><xsl:call-template name="block"><xsl:with-param name="class" select="'paragraph'"/></xsl:call-template><xsl:call-template name="inside"/></div></xsl:when>
      <xsl:otherwise><p><xsl:call-template name="block"/><xsl:call-template name="line"/></p></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
  <xsl:template match="h:caption"><strong><xsl:call-template name="block"><xsl:with-param name="class" select="'caption'"/></xsl:call-template><xsl:call-template name="inside"/></strong></xsl:template>
  <xsl:template match="h:table/h:caption"><caption><xsl:call-template name="block"/><xsl:call-template name="inside"/></caption></xsl:template>
  <xsl:template match="h:content[@revised='delete']"><del><xsl:call-template name="block"/><xsl:apply-templates/></del><small class="note"><xsl:value-of select="concat(' [',$deleted,'] ')"/></small></xsl:template>
  <xsl:template match="h:content[@revised='insert']"><ins><xsl:call-template name="block"/><xsl:apply-templates/></ins></xsl:template>
  <xsl:template match="h:content">
    <xsl:variable name="style" select="translate(@styleCode,$upper,$lower)"/>
    <xsl:choose>
      <xsl:when test="contains($style,'bold') or contains($style,'emphasis')"><strong><xsl:call-template name="block"><xsl:with-param name="but" select="'bold'"/></xsl:call-template><xsl:apply-templates/></strong></xsl:when>
      <xsl:when test="contains($style,'italics')"><em><xsl:call-template name="block"><xsl:with-param name="but" select="'italics'"/></xsl:call-template><xsl:apply-templates/></em></xsl:when>
      <xsl:when test="contains($style,'underline')"><u><xsl:call-template name="block"><xsl:with-param name="but" select="'underline'"/></xsl:call-template><xsl:apply-templates/></u></xsl:when>
      <xsl:otherwise><span><xsl:call-template name="block"/><xsl:apply-templates/></span></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- Emphasis of what has no blocks in it is an element as well, for readers without style sheets. -->
  <xsl:template name="line">
    <xsl:variable name="style" select="translate(@styleCode,$upper,$lower)"/>
    <xsl:choose>
      <xsl:when test="contains($style,'bold') or contains($style,'emphasis')"><strong><xsl:call-template name="inside"/></strong></xsl:when>
      <xsl:when test="contains($style,'italics')"><em><xsl:call-template name="inside"/></em></xsl:when>
      <xsl:otherwise><xsl:call-template name="inside"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
  <xsl:template name="line_or_blocks">
    <xsl:choose>
      <!-- The blocks in an element are looked for once, not again for each element around it. -->
      <xsl:when test="not(@styleCode) or ancestor::h:td or ancestor::h:th or ancestor::h:item or .//h:paragraph or .//h:list or .//h:table or .//h:shown"><xsl:call-template name="inside"/></xsl:when>
      <xsl:otherwise><xsl:call-template name="line"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- What an element is made of, said to be deleted if its author says so. -->
  <xsl:template name="inside">
    <xsl:apply-templates/>
    <xsl:if test="@revised='delete'"><small class="note"><xsl:value-of select="concat(' [',$deleted,'] ')"/></small></xsl:if>
  </xsl:template>

  <!-- Anchor, emphasis, alignment and language of an element, as attributes. Emphasis of blocks is a class: as an element
       around them a reader of HTML would repeat it. -->
  <xsl:template name="block">
    <xsl:param name="class"/>
    <xsl:param name="but"/>
    <xsl:if test="$class != '' or @styleCode or @revised or @align"><xsl:call-template name="classes"><xsl:with-param name="class" select="$class"/><xsl:with-param name="but" select="$but"/></xsl:call-template></xsl:if>
    <xsl:call-template name="anchor"/>
    <xsl:call-template name="own_language"/>
  </xsl:template>
  <xsl:template name="classes">
    <xsl:param name="class"/>
    <xsl:param name="but"/>
    <xsl:variable name="style" select="translate(@styleCode,$upper,$lower)"/>
    <xsl:variable name="classes">
      <xsl:value-of select="$class"/>
      <xsl:if test="$but != 'bold' and (contains($style,'bold') or contains($style,'emphasis'))"> bold</xsl:if>
      <xsl:if test="$but != 'italics' and contains($style,'italics')"> italics</xsl:if>
      <xsl:if test="$but != 'underline' and contains($style,'underline')"> underline</xsl:if>
      <xsl:if test="@revised='delete' and not(self::h:content)"> deleted</xsl:if>
      <xsl:if test="@align='right' or @align='center'"><xsl:value-of select="concat(' ',@align)"/></xsl:if>
    </xsl:variable>
    <xsl:if test="normalize-space($classes)"><xsl:attribute name="class"><xsl:value-of select="normalize-space($classes)"/></xsl:attribute></xsl:if>
  </xsl:template>
  <xsl:template name="own_language"><xsl:if test="@language"><xsl:attribute name="lang"><xsl:value-of select="@language"/></xsl:attribute></xsl:if></xsl:template>
  <xsl:template name="anchor"><xsl:if test="@ID"><xsl:attribute name="id"><xsl:value-of select="concat('n-',@ID)"/></xsl:attribute></xsl:if></xsl:template>

  <xsl:template match="h:br"><br/></xsl:template>
  <xsl:template match="h:sub"><sub><xsl:apply-templates/></sub></xsl:template>
  <xsl:template match="h:sup"><sup><xsl:apply-templates/></sup></xsl:template>
  <xsl:template match="h:list[@listType='ordered']"><xsl:apply-templates select="h:caption"/><ol><xsl:call-template name="block"/><xsl:apply-templates select="h:item"/></ol></xsl:template>
  <xsl:template match="h:list"><xsl:apply-templates select="h:caption"/><ul><xsl:call-template name="block"/><xsl:apply-templates select="h:item"/></ul></xsl:template>
  <xsl:template match="h:list/h:item"><li><xsl:call-template name="block"/><xsl:call-template name="line_or_blocks"/></li></xsl:template>
  <xsl:template match="h:linkHtml[starts-with(@href,'#')]"><a href="#n-{substring(@href,2)}"><xsl:call-template name="anchor"/><xsl:apply-templates select="node()[not(self::h:shown)]"/></a><xsl:apply-templates select="h:shown"/></xsl:template>
  <!-- The page leads nowhere: what is elsewhere is named by its address. -->
  <xsl:template match="h:linkHtml">
    <xsl:variable name="address" select="normalize-space(@href)"/>
    <xsl:variable name="scheme" select="translate(substring-before($address,':'),$upper,$lower)"/>
    <span><xsl:call-template name="anchor"/><xsl:apply-templates/></span>
    <xsl:variable name="end" select="substring-after($address,'://')"/>
    <xsl:variable name="is_named" select="not(ancestor::h:linkHtml) and (contains(.,$address) or ($end and contains(.,$end)))"/>
    <xsl:if test="$address and not($is_named) and contains(' http https ftp mailto  ', concat(' ',$scheme,' '))">
      <xsl:text> </xsl:text><span class="address"><xsl:value-of select="concat('[',$address,']')"/></span>
    </xsl:if>
  </xsl:template>
  <xsl:template match="h:footnote"><small><xsl:call-template name="block"/><xsl:apply-templates/></small></xsl:template>
  <xsl:template match="h:footnoteRef"><sup><a href="#n-{@IDREF}">*</a></sup></xsl:template>

  <!-- EmbeddedMedia has put into this element, and into links to media, what there is to show, each once. -->
  <xsl:template match="h:renderMultiMedia"><xsl:apply-templates select="h:shown"/></xsl:template>
  <xsl:template match="h:ClinicalDocument/h:attachments">
    <section><h2><xsl:value-of select="$attachments"/></h2><xsl:apply-templates select="h:shown"/></section>
  </xsl:template>
  <!-- Nowhere else: an author could write such an element. -->
  <xsl:template match="h:renderMultiMedia/h:shown | h:linkHtml/h:shown | h:ClinicalDocument/h:attachments/h:shown">
    <xsl:variable name="caption" select="parent::h:renderMultiMedia/h:caption[not(current()/preceding-sibling::h:shown)]"/>
    <figure>
      <xsl:if test="@as='picture'"><img alt="{normalize-space(concat($caption,' ',@title[not($caption)]))}" src="{@data}"/></xsl:if>
      <figcaption>
        <xsl:apply-templates select="$caption"/>
        <xsl:if test="not($caption) and @as != 'pdf'"><xsl:value-of select="@title"/></xsl:if>
        <xsl:if test="($caption or @title != '') and @as != 'picture'"><xsl:text> </xsl:text></xsl:if>
        <xsl:choose>
          <xsl:when test="@as='picture'"/>
          <xsl:when test="@as='pdf'">
            <a download="{@file}" href="{@data}"><xsl:value-of select="$pdf"/><xsl:if test="@title != ''"><xsl:value-of select="concat(' : ',@title)"/></xsl:if></a>
            <xsl:value-of select="concat(' (PDF, ',@size,' ',$kilobytes,')')"/>
          </xsl:when>
          <xsl:when test="@as='again'"><xsl:value-of select="$again"/></xsl:when>
          <xsl:when test="@as='missing'"><xsl:value-of select="$missing"/></xsl:when>
          <xsl:when test="@as='elsewhere'"><xsl:value-of select="$elsewhere"/></xsl:when>
          <xsl:otherwise><xsl:value-of select="$attached"/></xsl:otherwise>
        </xsl:choose>
        <xsl:if test="@name != ''"><xsl:value-of select="concat(' (',@name,')')"/></xsl:if>
        <xsl:if test="@region"><xsl:value-of select="concat(' ',$region)"/></xsl:if>
      </figcaption>
    </figure>
  </xsl:template>

  <xsl:template match="h:table"><table><xsl:call-template name="block"/><xsl:apply-templates select="h:caption | h:thead | h:tbody | h:tfoot | h:tr"/></table></xsl:template>
  <xsl:template match="h:thead"><thead><xsl:call-template name="block"/><xsl:apply-templates select="h:tr"/></thead></xsl:template>
  <xsl:template match="h:tbody"><tbody><xsl:call-template name="block"/><xsl:apply-templates select="h:tr"/></tbody></xsl:template>
  <xsl:template match="h:tfoot"><tfoot><xsl:call-template name="block"/><xsl:apply-templates select="h:tr"/></tfoot></xsl:template>
  <xsl:template match="h:tr"><tr><xsl:call-template name="block"/><xsl:apply-templates select="h:th | h:td"/></tr></xsl:template>
  <xsl:template match="h:th"><th scope="{substring('colrow',1 + 3 * number(boolean(ancestor::h:tbody)),3)}"><xsl:call-template name="cell"/></th></xsl:template>
  <xsl:template match="h:td"><td><xsl:call-template name="cell"/></td></xsl:template>
  <xsl:template name="cell">
    <xsl:call-template name="block"/>
    <xsl:if test="@colspan"><xsl:attribute name="colspan"><xsl:value-of select="@colspan"/></xsl:attribute></xsl:if>
    <xsl:if test="@rowspan"><xsl:attribute name="rowspan"><xsl:value-of select="@rowspan"/></xsl:attribute></xsl:if>
    <xsl:call-template name="line_or_blocks"/>
  </xsl:template>
</xsl:stylesheet>
