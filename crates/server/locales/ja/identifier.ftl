nav-registration = 症例の登録
identifier-title = 患者の氏名等
identifier-own = 自施設だけの情報です
identifier-own-detail = 施設ごとの鍵で暗号化して保存し、この施設の担当者だけが開けます。センターや他の施設は見られません。開いたことは監査記録に残ります。
identifier-none = まだ記録されていません。
identifier-recorded = { $when } 記録
identifier-record = 記録する
identifier-name = 氏名
identifier-kana = フリガナ
identifier-born = 生年月日
identifier-hospital-number = 診療録番号（施設の患者番号）
identifier-insurance-number = 保険者・被保険者番号
identifier-address = 住所
identifier-telephone = 電話番号
identifier-link = 氏名等
registration-title = 症例の登録
registration-subtitle = 新しい登録番号を払い出します。番号は無作為で、患者の情報からは作られません。
registration-find = 施設の患者番号から症例を探す
registration-found-none = この番号の症例はありません。
registration-new = 新しい症例
registration-hint = 登録番号の形は当プログラムのもので、公式の形ではありません。最後の文字は誤記を見つける検査文字です。
registration-button = 登録番号を払い出す
registration-sex = { $sex ->
    [female] 女性
    [male] 男性
   *[other] その他
}
